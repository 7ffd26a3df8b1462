import type { ConnectionPool } from "@archway/db/db.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import { idOf, money, openAccount, paymentServer, send } from "./payment_client.ts";

const HOUR_US = 3_600_000_000n;

/** Makes payments over some months in two currencies, a third of them refunded in part or in full. */
export async function makePayments(pool: ConnectionPool): Promise<void> {
  let time = BigInt(Date.parse("2026-08-30T20:00:00Z")) * 1000n;
  await using server = paymentServer(pool, { now: () => timestampOf(time += 17n) });
  for (const currency of ["BRL", "JPY"]) {
    const [units, part, rest] = currency === "BRL" ? ["9.99", "1.11", "8.88"] : ["999", "111", "888"];
    const payers = [];
    for (let payer = 0; payer < 3; payer++) {
      payers.push(await openAccount(server, "90000", { currency }).catch(() => ""));
    }
    for (let round = 0; round < 12; round++) {
      time += 160n * HOUR_US;
      for (const [index, payer] of payers.entries()) {
        // Payers begin one after the other.
        const payee = payers[(index + 1) % payers.length];
        if (round < 3 * index || payer === "") continue;
        const payment = await send(server, "POST /v1/payments", {
          key: crypto.randomUUID(),
          body: { payerAccountId: payer, payeeAccountId: payee, amount: money(units ?? "", currency) },
        });
        const id = idOf(payment);
        const refunds = round % 3 !== 0 ? [] : index === 0 ? [part, rest] : [part];
        for (const amount of refunds) {
          time += BigInt(round + 1) * HOUR_US;
          const line = `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`;
          await send(server, line, { body: { amount: money(amount ?? "", currency) } });
        }
      }
    }
  }
}
