import { ACCOUNT_CASES } from "./testing/cases/account_cases.ts";
import { PAYMENT_CASES } from "./testing/cases/payment_cases.ts";
import { REFUND_CASES } from "./testing/cases/refund_cases.ts";
import { REPEATED_PAYMENT_CASES } from "./testing/cases/repeated_payment_cases.ts";
import { paymentServer } from "./testing/payment_client.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";

const CASES = { ...ACCOUNT_CASES, ...PAYMENT_CASES, ...REPEATED_PAYMENT_CASES, ...REFUND_CASES };

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment API on ${name}`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, () => run(server, database.pool));
    }
  });
}
