import { assert, assertEquals } from "@std/assert";
import { paymentPairs } from "./payment_pairs.ts";

const accounts = Array.from({ length: 10 }, (_, index) => `account ${index}`);

Deno.test("paymentPairs() lets every account pay, and none itself", () => {
  const next = paymentPairs({ payers: accounts, payees: accounts }, { connection: 1, connections: 2 });
  const pairs = Array.from({ length: 100 }, next);
  assertEquals(pairs[0]?.payer, "account 5");
  assertEquals(new Set(pairs.map(({ payer }) => payer)).size, accounts.length);
  assertEquals(new Set(pairs.map(({ payee }) => payee)).size, accounts.length);
  assert(pairs.every(({ payer, payee }) => payer !== payee));
});

Deno.test("paymentPairs() lets one account pay everybody else", () => {
  const next = paymentPairs({ payers: ["account 3"], payees: accounts }, { connection: 0, connections: 1 });
  const pairs = Array.from({ length: 20 }, next);
  assert(pairs.every(({ payer, payee }) => payer === "account 3" && payee !== payer));
  assertEquals(new Set(pairs.map(({ payee }) => payee)).size, accounts.length - 1);
});
