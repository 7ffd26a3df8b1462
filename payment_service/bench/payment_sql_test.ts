import { assert, assertEquals, assertMatch } from "@std/assert";
import { PAYMENT_SQL } from "./payment_sql.ts";

Deno.test("PAYMENT_SQL is what its names say", () => {
  assertMatch(PAYMENT_SQL.claim.text, /pg_try_advisory_xact_lock/);
  assertMatch(PAYMENT_SQL.lock.text, /from accounts .* for no key update/s);
  assertMatch(PAYMENT_SQL.find.text, /from accounts left join published_profiles/);
  assertMatch(PAYMENT_SQL.project.text, /update accounts as .*insert into payments .*insert into entries /s);
  assertMatch(PAYMENT_SQL.append.text, /insert into events .* insert into outbox .* pg_notify/s);
  assertMatch(PAYMENT_SQL.keep.text, /insert into idempotency_keys/);
});

Deno.test("PAYMENT_SQL has a placeholder for every parameter, and binds every value", () => {
  const names = ["keyId", "keyLock", "paymentId", "transferId", "requestId", "payerId", "payeeId"];
  const more = [
    "payerProfileId",
    "payeeProfileId",
    "payerBalance",
    "payeeBalance",
    "payerVersion",
    "payeeVersion",
  ];
  const values = Object.fromEntries(
    [...names, ...more, "at", "expiresAt"].map((name) => [name, `<${name}>`]),
  );
  const bound = Object.values(PAYMENT_SQL).flatMap(({ text, bind }) => {
    const placeholders = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    const parameters = bind(values);
    assertEquals([...placeholders].toSorted((a, b) => a - b), parameters.map((_, index) => index + 1));
    return parameters;
  }).join("\n");
  for (const value of Object.values(values)) assert(bound.includes(value), value);
  assertEquals(bound.includes("019a0000-0000"), false);
});
