import { assertEquals } from "@std/assert";
import type { JsonObject } from "@archway/service_kit/json_value.ts";
import { History, operationsOf, type Outcome } from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { checkBatches } from "./check_batches.ts";
import { checkRequests } from "./check_requests.ts";
import { checkTransfers } from "./check_transfers.ts";
import { checkWebhooks } from "./check_webhooks.ts";

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
async function violations(steps: readonly Step[], check = checkTransfers): Promise<readonly string[]> {
  let milliseconds = 0;
  const history = new History({ now: () => milliseconds++ });
  for (const { action, key, input = {}, output = {}, outcome = "ok" } of steps) {
    await history.record(0, { action, key, input }, () => Promise.resolve({ outcome, output }));
  }
  const options = { all: operationsOf(history.events), hasReplicas: false, clockErrorMs: 0 };
  return check(options).map((violation) => renderViolation(violation));
}

function deposit(account: string, id: string): Step {
  return { action: "deposit", key: account, input: { key: `key of ${id}`, amount: "9.00" }, output: { id } };
}

type Result = Pick<Step, "output" | "outcome">;

function transfer(
  key: string,
  amount: string,
  { to = "b", ...result }: Result & { readonly to?: string },
): Step {
  return { action: "transfer", key, input: { from: "a", to, amount, via: "POST" }, ...result };
}

function refund(key: string, amount: string, result: Result): Step {
  return { action: "refund", key, input: { payment: "p1", from: "b", to: "a", amount }, ...result };
}

/**
 * Entries of a statement, newest first, as "id amount balance"; those whose id begins with "t" are payments, and those with
 * a fourth word, their payment, refunds. A fifth one is the id of the refund.
 */
function statement(account: string, ...entries: readonly string[]): readonly Step[] {
  const items = entries.map((entry) => {
    const [id = "", amount = "", balance = "", of, refund = id] = entry.split(" ");
    if (of !== undefined) return { id, amount, balance, payment: of, refund };
    return { id, amount, balance, ...(id.startsWith("t") && { payment: id.replace("t", "p") }) };
  });
  const payments = entries.flatMap((entry) => {
    const [, number, amount = ""] = /^t(\d+) -?(\S+)/.exec(entry) ?? [];
    return number === undefined ? [] : [{ id: `p${number}`, amount, key: `k${number}` }];
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
      { action: "refunded", key: "p1", output: { refunded: "0.00" } },
      { action: "reuse", key: "k1", output: { status: 422, problem: "unknown-account" }, outcome: "fail" },
      ...END,
    ]),
    [],
  );
});

Deno.test("checkTransfers() accepts refunds up to the payment, and a closed account that is empty", async () => {
  assertEquals(
    await violations([
      ...SETUP,
      refund("r1", "3.00", { output: { id: "r1" } }),
      refund("r2", "1.01", { output: { status: 422, problem: "refund-exceeds-payment" }, outcome: "fail" }),
      { action: "refunded", key: "p1", output: { refunded: "3.00" } },
      { action: "close", key: "c" },
      transfer("k4", "1.00", { output: { problem: "account-closed" }, outcome: "fail", to: "c" }),
      ...statement("a", "r1 3.00 8.00 p1", "t1 -4.00 5.00", "d1 9.00 9.00"),
      ...statement("b", "r1 -3.00 10.00 p1", "t1 4.00 13.00", "d2 9.00 9.00"),
      ...statement("c"),
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
  "refunds: payment p1 of 4.00 was refunded by 5.00": [
    ...SETUP,
    refund("r1", "5.00", { output: { id: "r1" } }),
    ...statement("a", "r1 5.00 10.00 p1", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "r1 -5.00 8.00 p1", "t1 4.00 13.00", "d2 9.00 9.00"),
  ],
  "refunds: a refund was refused as too large, although only 0.00 of 4.00 was refunded": [
    ...SETUP,
    refund("r1", "4.00", { output: { problem: "refund-exceeds-payment" }, outcome: "fail" }),
    ...END,
  ],
  "exactly-once: the key r1 took effect 2 times": [
    ...SETUP,
    refund("r1", "1.00", { output: { id: "r1" } }),
    ...statement("a", "x2 1.00 7.00 p1 r1", "x1 1.00 6.00 p1 r1", "t1 -4.00 5.00", "d1 9.00 9.00"),
    ...statement("b", "x2 -1.00 11.00 p1 r1", "x1 -1.00 12.00 p1 r1", "t1 4.00 13.00", "d2 9.00 9.00"),
  ],
  "read-your-writes: a read returned 1.00 as refunded": [
    ...SETUP,
    { action: "refunded", key: "p1", output: { refunded: "1.00" } },
    ...END,
  ],
  "closed-accounts: t2 moved money on c, which was closed before": [
    ...SETUP,
    { action: "close", key: "c" },
    transfer("k2", "1.00", { output: { id: "p2" }, to: "c" }),
    ...statement("a", "t2 -1.00 4.00", "t1 -4.00 5.00", "d1 9.00 9.00"),
    END.slice(2),
    ...statement("c", "t2 1.00 1.00"),
  ].flat(),
  "closed-accounts: b was closed, and is not empty": [...SETUP, { action: "close", key: "b" }, ...END],
  "closed-accounts: a request was refused because of a closed account, and none was closed": [
    ...SETUP,
    transfer("k2", "1.00", { output: { problem: "account-closed" }, outcome: "fail" }),
    ...END,
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

const REQUESTED: Step = { action: "request", key: "q", input: { lifetimeMs: 9_000 }, output: { id: "q" } };
const SHORT: Step = { action: "request", key: "q", input: { lifetimeMs: 1 }, output: { id: "q" } };
const LATE: Result = { outcome: "fail", output: { problem: "payment-request-paid" } };

function pay(from: string, result: Result): Step {
  return { action: "pay", key: "q", input: { from, to: "b", amount: "1.00" }, ...result };
}

function status(state: string, payment?: string): Step {
  return { action: "status", key: "q", output: { state, ...payment !== undefined && { payment } } };
}

/** Contradictions of payment requests, by a part of their text. */
const WRONG_REQUESTS: Readonly<Record<string, readonly Step[]>> = {
  "payment-requests: q was paid 2 times: p1, p2": [
    REQUESTED,
    pay("a", { output: { id: "p1" } }),
    pay("c", { output: { id: "p2" } }),
  ],
  "payment-requests: q was cancelled, and paid by p1": [
    REQUESTED,
    { action: "cancel", key: "q", output: { id: "q" } },
    pay("a", { output: { id: "p1" } }),
  ],
  "payment-requests: q was paid after its expiry": [SHORT, pay("a", { output: { id: "p1" } })],
  "payment-requests: the revisions of q are created, expired, expired": [
    REQUESTED,
    { action: "revisions", key: "q", output: { states: ["created", "expired", "expired"] } },
  ],
  "payment-requests: the revisions of q are created\n": [
    REQUESTED,
    pay("a", { output: { id: "p1" } }),
    { action: "revisions", key: "q", output: { states: ["created"] } },
  ],
  "payment-requests: q was refused as paid, which it was not": [REQUESTED, pay("a", LATE)],
  "payment-requests: a read returned q as expired, which it was not": [REQUESTED, status("expired")],
  "payment-requests: a read returned q as cancelled, which it was not": [REQUESTED, status("cancelled")],
  "read-your-writes: a read returned created q after pay": [
    REQUESTED,
    pay("a", { output: { id: "p1" } }),
    status("created"),
  ],
  "read-your-writes: a read returned no q after request": [
    REQUESTED,
    { action: "status", key: "q", output: { missing: true } },
  ],
};

Deno.test("checkRequests() finds requests that are paid twice, late, or read as what they are not", async () => {
  for (const [beginning, steps] of Object.entries(WRONG_REQUESTS)) {
    const found = await violations(steps, checkRequests);
    assertEquals(
      [beginning, found.map((text) => text.startsWith(beginning))],
      [beginning, [true]],
      found.join(""),
    );
  }
  const paid = [REQUESTED, status("created"), pay("a", { output: { id: "p1" } }), pay("c", LATE)];
  assertEquals(await violations([...paid, status("paid", "p1")], checkRequests), []);
});

/** Deliveries to the owner of a payment p of which 1.00 was refunded, each as "event message", with a "!" if it was refused. */
function deliveries(receptions: readonly string[], invalid = 0): readonly Step[] {
  const sent = receptions.map((text) => {
    const [event = "", message = ""] = text.split(" ");
    const refunded = event.endsWith("@1") ? 0 : 100;
    const payment = event.split("@")[0] ?? "";
    return { event, message, payment, refunded, isAccepted: !text.endsWith("!") };
  });
  const output = { payments: [{ id: "p", refunded: 100 }], receptions: sent, invalid };
  return [{ action: "deliveries", key: "w", output }];
}

Deno.test("checkWebhooks() finds events that are lost, out of order, renamed, unsigned or made up", async () => {
  const check = (steps: readonly Step[]): Promise<readonly string[]> => violations(steps, checkWebhooks);
  const all = ["p@1 a !", "p@1 a", "p@2 b", "p@2 b", "p@1 a"];
  assertEquals(await check(deliveries(all)), []);
  assertEquals((await check(deliveries(all, 1)))[0], "webhooks: 1 messages had no valid signature\n");
  const wrong = [
    ["p@2 b", "p@1 a"],
    ["p@1 a", "p@2 b", "p@2 c"],
    [],
    ["p@1 a"],
    ["p@1 a !"],
    // The event of q is a contradiction whether or not those of p are late.
    ["q@1 d"],
  ];
  assertEquals((await Promise.all(wrong.map((one) => check(deliveries(one))))).flat(), [
    "webhooks: p@2 was sent before p@1 was accepted\n",
    "webhooks: p@2 was sent with the ids b and c\n",
    "webhooks: no event of payment p was delivered\n",
    "webhooks: of payment p, 1.00 was refunded, but events say 0.00\n",
    "webhooks: no event of payment p was delivered\n",
    "webhooks: an event of payment q was sent, which does not exist\n",
  ]);
});

Deno.test("checkBatches() finds batches that are lost, or whose requests are created twice", async () => {
  const check = async (
    count: number,
    { outcome, state }: { outcome: Outcome; state?: string },
  ): Promise<number> => {
    const items = Array.from({ length: count }, () => ({ key: "k" }));
    const found = await violations([
      { action: "batch", key: "k", input: { items: 3 }, output: { id: "1" }, outcome },
      ...state === undefined ? [] : [{ action: "batch end", key: "k", output: { state } }],
      { action: "requests", key: "a", output: { items } },
    ], checkBatches);
    return found.length;
  };
  assertEquals(await check(3, { outcome: "ok", state: "completed" }), 0);
  assertEquals(await check(2, { outcome: "unknown" }), 0);
  assertEquals(await check(2, { outcome: "ok", state: "completed" }), 1);
  assertEquals(await check(2, { outcome: "ok", state: "processing" }), 1);
  assertEquals(await check(4, { outcome: "unknown" }), 1);
  assertEquals(await check(1, { outcome: "fail" }), 1);
});
