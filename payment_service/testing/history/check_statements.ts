import type { Violation } from "@archway/conformance/history/violation.ts";
import type { Entry, TransferHistory } from "./transfer_history.ts";

/** Checks that statements add up, agree with each other, and are in an order that respects real time. */
export function checkStatements({ statements }: TransferHistory): readonly Violation[] {
  return [
    ...[...statements].flatMap(([account, entries]) => [
      ...checkSums(account, entries),
      ...checkOrder(account, entries),
    ]),
    ...checkSides(statements),
    ...checkCycles([...statements.values()]),
  ];
}

function checkSums(account: string, entries: readonly Entry[]): readonly Violation[] {
  const wrong = entries.find(({ amount, balance }, index) =>
    balance !== (entries[index - 1]?.balance ?? 0) + amount
  );
  const negative = entries.find(({ balance }) => balance < 0);
  return [
    ...(wrong === undefined
      ? []
      : [violation(`the balance of ${account} after ${wrong.id} is not the sum of its entries`, [wrong])]),
    ...(negative === undefined ? [] : [violation(`${account} was overdrawn by ${negative.id}`, [negative])]),
  ];
}

/** Checks that a transfer that was acknowledged before another began is before it on the statement. */
function checkOrder(account: string, entries: readonly Entry[]): readonly Violation[] {
  let latest: Entry | undefined;
  for (const entry of entries) {
    if ((entry.request?.returned ?? Infinity) < (latest?.request?.invoked ?? 0) && latest !== undefined) {
      const message =
        `on the statement of ${account}, ${latest.id} is before ${entry.id}, although it began after its end`;
      return [violation(message, [latest, entry])];
    }
    if ((entry.request?.invoked ?? 0) > (latest?.request?.invoked ?? -1)) latest = entry;
  }
  return [];
}

/** Checks that each payment and refund is on the statements of both its accounts, with opposite amounts. */
function checkSides(statements: TransferHistory["statements"]): readonly Violation[] {
  const payments = Map.groupBy(
    [...statements.values()].flat().filter(({ payment }) => payment !== undefined),
    ({ payment, refund }) => refund === undefined ? `payment ${payment}` : `refund ${refund}`,
  );
  const [wrong] = [...payments].filter(([, sides]) =>
    sides.length !== 2 || sides.reduce((sum, { amount }) => sum + amount, 0) !== 0
  );
  if (wrong === undefined) return [];
  const [name, sides] = wrong;
  const amounts = sides.map(({ amount }) => (amount / 100).toFixed(2)).join(" and ");
  return [violation(`money is not conserved: ${name} has the entries ${amounts}`, sides)];
}

/** Checks that one order of transfers explains the orders of all statements. */
function checkCycles(statements: readonly (readonly Entry[])[]): readonly Violation[] {
  const after = new Map<string, Set<string>>();
  const before = new Map<string, number>();
  for (const entries of statements) {
    for (const [index, { id }] of entries.entries()) {
      const next = entries[index + 1]?.id;
      const followers = after.get(id) ?? new Set();
      after.set(id, followers);
      if (next === undefined || followers.has(next)) continue;
      followers.add(next);
      before.set(next, (before.get(next) ?? 0) + 1);
    }
  }
  const free = [...after.keys()].filter((id) => !before.get(id));
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    for (const next of after.get(id) ?? []) {
      const left = (before.get(next) ?? 0) - 1;
      before.set(next, left);
      if (left === 0) free.push(next);
    }
    after.delete(id);
  }
  if (after.size === 0) return [];
  const entries = statements.flat().filter(({ id }) => after.has(id)).slice(0, 6);
  return [violation("the statements of accounts have their common transfers in different orders", entries)];
}

function violation(message: string, entries: readonly Entry[]): Violation {
  const operations = [...new Set(entries.flatMap(({ request }) => request?.attempts ?? []))];
  return { check: "transfers", message, operations };
}
