import { assertEquals, assertRejects } from "@std/assert";
import { openDriver } from "@archway/db/postgres/connection/open_driver.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { BarePayments } from "./bare_payments.ts";
import { seedAccounts } from "./seed_accounts.ts";

Deno.test("BarePayments leaves what the service would", async () => {
  await using database = await useTestDatabase();
  const ids = await seedAccounts(database.instance, { accounts: 20, payments: 30 });
  await using stack = new AsyncDisposableStack();
  const bare = new BarePayments(stack.adopt(openDriver(database.instance, {}), (driver) => driver.end()));
  const { requests } = await bare.run({
    pairs: { payers: ids, payees: ids },
    connections: 4,
    milliseconds: 100,
  });
  await assertRejects(() => bare.pay(crypto.randomUUID(), ids[0] ?? ""), Error, "cannot be made");
  await using pool = openPool({ primary: database.instance, replicas: [] });
  assertEquals(await findInconsistencies(pool.writer()), []);
  const { rows } = await pool.writer().query(
    `select (select count(*) from payments) as payments, (select count(*) from idempotency_keys) as keys,
      (select count(*) from outbox) as outbox,
      (select count(*) from events where metadata ? 'requestId' and data ->> 'payerProfileId' is not null) as events`,
  );
  const made = BigInt(requests);
  assertEquals(rows, [{ payments: made + 30n, keys: made, outbox: made, events: made }]);
});
