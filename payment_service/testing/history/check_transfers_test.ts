import { assertEquals } from "@std/assert";
import type { JsonObject } from "@archway/service_kit/json_value.ts";
import { History, operationsOf, type Outcome } from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { checkTransfers } from "./check_transfers.ts";

/** Operation in a row. */
interface Step {
  readonly action: string;
  readonly key: string;
  readonly input?: JsonObject;
  readonly output?: JsonObject;
  /** @default {"ok"} */
  readonly outcome?: Outcome;
}

/** Returns the violations of operations one after the other. */
async function violations(steps: readonly Step[]): Promise<readonly string[]> {
  let milliseconds = 0;
  const history = new History({ now: () => milliseconds++ });
  for (const { action, key, input = {}, output = {}, outcome = "ok" } of steps) {
    await history.record(0, { action, key, input }, () => Promise.resolve({ outcome, output }));
  }
  return checkTransfers({ all: operationsOf(history.events), hasReplicas: false }).map((violation) =>
    renderViolation(violation)
  );
}

function deposit(account: string, id: string): Step {
  return { action: "deposit", key: account, input: { key: `key of ${id}`, amount: "9.00" }, output: { id } };
}

function transfer(key: string, amount: string, result: Pick<Step, "output" | "outcome">): Step {
  return { action: "transfer", key, input: { from: "a", to: "b", amount, via: "POST" }, ...result };
}

/** Entries of a statement, newest first, as "id amount balance", with the payment if the id begins with "t". */
function statement(account: string, ...entries: readonly string[]): readonly Step[] {
  const items = entries.map((entry) => {
    const [id = "", amount = "", balance = ""] = entry.split(" ");
    return { id, amount, balance, ...(id.startsWith("t") && { payment: id.replace("t", "p") }) };
  });
  const payments = entries.flatMap((entry) => {
    const number = /^t(\d+)/.exec(entry)?.[1];
    return number === undefined ? [] : [{ id: `p${number}`, amount: "", key: `k${number}` }];
  });
  return [
    { action: "statement", key: account, output: { items } },
    { action: "payments", key: account, output: { items: payments } },
  ];
}

const SETUP = [deposit("a", "d1"), deposit("b", "d2"), transfer("k1", "4.00", { output: { id: "p1" } })];
const END = [
  ...statement("a", "t1 -4.00 5.00", "d1 9.00 9.00"),
  ...statement("b", "t1 4.00 13.00", "d2 9.00 9.00"),
];

Deno.test("checkTransfers() accepts transfers, repeated, refused or lost, with the statements that they lead to", async () => {
  assertEquals(
    await violations([
      ...SETUP,
      transfer("k1", "4.00", { output: { id: "p1" } }),
      transfer("k2", "6.00", { output: { status: 422, problem: "insufficient-funds" }, outcome: "fail" }),
      transfer("k3", "1.00", { outcome: "unknown" }),
      { action: "balance", key: "a", output: { balance: "5.00" } },
      { action: "reuse", key: "k1", output: { status: 422, problem: "unknown-account" }, outcome: "fail" },
      ...END,
    ]),
    [],
  );
});

/** Contradictions, by a part of their text. */
const WRONG: Readonly<Record<string, readonly Step[]>> = {
  "exactly-once: the key k2 was acknowledged, and its effect is missing": [
    ...SETUP,
    transfer("k2", "1.00", { output: { id: "p2" } }),
    ...END,
  ],
  "exactly-once: the key k1 had different responses": [
    ...SETUP,
    transfer("k1", "4.00", { output: { id: "p9" } }),
    ...END,
  ],
  "exactly-once: the key k2 took effect although all its requests were refused": [
    ...SETUP,
    transfer("k2", "1.00", { output: { status: 503 }, outcome: "fail" }),
    ...statement("a", "t2 -1.00 4.00", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "t2 1.00 14.00", "t1 4.00 13.00", "d2 9.00 9.00"),
  ],
  "exactly-once: the key of one owner stood for a request of another": [
    ...SETUP,
    { action: "reuse", key: "k1", output: { id: "p1" } },
    ...END,
  ],
  "transfers: the balance of a after t1 is not the sum of its entries": [
    ...SETUP,
    ...statement("a", "t1 -4.00 6.00", "d1 9.00 9.00"),
    ...statement("b", "t1 4.00 13.00", "d2 9.00 9.00"),
  ],
  "transfers: a was overdrawn by t1": [
    ...SETUP,
    ...statement("a", "t1 -10.00 -1.00", "d1 9.00 9.00"),
    ...statement("b", "t1 10.00 19.00", "d2 9.00 9.00"),
  ],
  "transfers: money is not conserved: payment p1 has the entries -4.00 and 5.00": [
    ...SETUP,
    ...statement("a", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "t1 5.00 14.00", "d2 9.00 9.00"),
  ],
  "transfers: the statements of accounts have their common transfers in different orders": [
    ...SETUP,
    transfer("k2", "1.00", { output: { id: "p2" } }),
    ...statement("a", "t2 -1.00 4.00", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "t1 4.00 14.00", "t2 1.00 10.00", "d2 9.00 9.00"),
  ],
  "transfers: on the statement of b, t2 is before t1, although it began after its end": [
    ...SETUP,
    transfer("k2", "1.00", { output: { id: "p2" } }),
    ...statement("a", "t2 -1.00 4.00", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "t1 4.00 14.00", "t2 1.00 10.00", "d2 9.00 9.00"),
  ],
  "transfers: a payment was refused for want of funds, which the payer had all along": [
    ...SETUP,
    transfer("k2", "5.00", { output: { status: 422, problem: "insufficient-funds" }, outcome: "fail" }),
    ...END,
  ],
  "read-your-writes: a read returned the balance 9.00": [
    ...SETUP,
    { action: "balance", key: "a", output: { balance: "9.00" } },
    ...END,
  ],
  "transfers: the statement of b could not be read at the end": [...SETUP, ...END.slice(0, 2)],
};

Deno.test("checkTransfers() finds effects that are lost, repeated, refused, overdrawn, out of order or stale", async () => {
  for (const [beginning, steps] of Object.entries(WRONG)) {
    const found = await violations(steps);
    assertEquals(
      [beginning, found.some((text) => text.startsWith(beginning))],
      [beginning, true],
      found.join(""),
    );
  }
});
