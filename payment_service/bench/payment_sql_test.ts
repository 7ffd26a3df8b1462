import { assert, assertEquals, assertMatch } from "@std/assert";
import { PAYMENT_SQL, RECORDED } from "./payment_sql.ts";

Deno.test("PAYMENT_SQL is what its names say", () => {
  assertMatch(PAYMENT_SQL.claim.text, /pg_try_advisory_xact_lock/);
  assertMatch(PAYMENT_SQL.lock.text, /from accounts .* for no key update of accounts/s);
  assertMatch(PAYMENT_SQL.project.text, /update accounts as .*insert into payments .*insert into entries /s);
  assertMatch(PAYMENT_SQL.append.text, /insert into events .* insert into outbox .* pg_notify/s);
  assertMatch(PAYMENT_SQL.keep.text, /insert into idempotency_keys/);
});

Deno.test("PAYMENT_SQL has a placeholder for every parameter", () => {
  for (const { text, parameters } of Object.values(PAYMENT_SQL)) {
    const placeholders = new Set([...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    assertEquals([...placeholders].toSorted((a, b) => a - b), parameters.map((_, index) => index + 1));
  }
});

Deno.test("PAYMENT_SQL has every value that is another one in each payment", () => {
  const parameters = Object.values(PAYMENT_SQL).flatMap((statement) => statement.parameters).join("\n");
  for (const [name, value] of Object.entries(RECORDED)) assert(parameters.includes(value), name);
});
