import { Clock } from "./testing/cases/request_harness.ts";
import { REQUEST_CHANGE_CASES } from "./testing/cases/request_change_cases.ts";
import { REQUEST_EXPIRY_CASES } from "./testing/cases/request_expiry_cases.ts";
import { REQUEST_LIST_CASES } from "./testing/cases/request_list_cases.ts";
import { REQUEST_PAYMENT_CASES } from "./testing/cases/request_payment_cases.ts";
import { emptyPaymentTables } from "./testing/empty_payment_tables.ts";
import { byName, openAccount, paymentServer } from "./testing/payment_client.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";

const CASES = {
  ...REQUEST_PAYMENT_CASES,
  ...REQUEST_CHANGE_CASES,
  ...REQUEST_EXPIRY_CASES,
  ...REQUEST_LIST_CASES,
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment requests on ${name}`, async (t) => {
    await using database = await open();
    const { pool } = database;
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyPaymentTables(pool);
        const clock = new Clock();
        await using server = paymentServer(pool, { now: clock.now, options: [byName] });
        const [ada, bob, eve] = [
          await openAccount(server, "100.00", { as: "ada" }),
          await openAccount(server, "0", { as: "bob" }),
          await openAccount(server, "50.00", { as: "eve" }),
        ];
        await run({ pool, server, clock, ada, bob, eve });
      });
    }
  });
}
