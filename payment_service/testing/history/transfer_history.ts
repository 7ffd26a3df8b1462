import { isArray, isObject, member, textMember } from "@archway/service_kit/json_value.ts";
import type { Operation } from "@archway/conformance/history/history.ts";
import type { JsonValue } from "@archway/server/operation.ts";

/** Entry of a statement, with the request that made it. Amounts are in minor units. */
export interface Entry {
  readonly id: string;
  readonly amount: number;
  readonly balance: number;
  /** Undefined for a deposit. */
  readonly payment: string | undefined;
  /** Undefined if it is no refund. */
  readonly refund: string | undefined;
  readonly request: KeyedRequest | undefined;
}

/** Operations with one key, which may take effect once. */
export interface KeyedRequest {
  readonly key: string;
  readonly attempts: readonly Operation[];
  /** First beginning. */
  readonly invoked: number;
  /** First acknowledgement; infinite without one. */
  readonly returned: number;
  /** Attempts that were acknowledged. */
  readonly acknowledged: readonly Operation[];
  /** Payments, deposits or refunds with the key at the end. */
  readonly effects: readonly string[];
}

/** History of transfers, with the statements at its end. */
export interface TransferHistory {
  readonly requests: ReadonlyMap<string, KeyedRequest>;
  /** Entries of each account, oldest first. */
  readonly statements: ReadonlyMap<string, readonly Entry[]>;
  /** Amounts of payments in minor units. */
  readonly amounts: ReadonlyMap<string, number>;
  /** Accounts whose statement could not be read. */
  readonly unread: readonly string[];
}

/** Returns the minor units of an amount with two decimal places. */
export function minorUnits(amount: JsonValue | undefined): number {
  return Math.round(Number(amount) * 100);
}

/** Combines operations by key and by account. */
export function transferHistory(all: readonly Operation[]): TransferHistory {
  const last = (action: string, account: string): Operation | undefined =>
    all.findLast((one) => one.action === action && one.key === account && one.outcome === "ok");
  const accounts = new Set(
    all.filter(({ action }) => /^(?:deposit|balance|statement|close)$/.test(action)).map(({ key }) => key),
  );
  const listed = [...accounts].flatMap((account) => itemsOf(last("payments", account)));
  const payments = Map.groupBy(listed, (item) => textMember(item, "key") ?? "");
  const paymentIds = new Map([...payments].map(([key, items]) => [
    key,
    [...new Set(items.map((item) => textMember(item, "id") ?? ""))],
  ]));
  const items = [...accounts].flatMap((account) => itemsOf(last("statement", account)));
  const deposits = new Set(
    items.filter((item) => textMember(item, "payment") === undefined).map((item) =>
      textMember(item, "id") ?? ""
    ),
  );
  const refunds = Map.groupBy(items, (item) => textMember(item, "refund") ?? "");
  const writes = all.filter(({ action }) => /^(?:transfer|deposit|refund|pay)$/.test(action));
  const requests = new Map(
    [...Map.groupBy(writes, keyOf)].map(([key, attempts]) => [
      key,
      requestOf(key, attempts, { payments: paymentIds, deposits, refunds }),
    ]),
  );
  const makers = new Map(
    [...requests.values()].flatMap((request) => request.effects.map((id) => [id, request] as const)),
  );
  const statements = new Map([...accounts].flatMap((account) => {
    const statement = last("statement", account);
    if (statement === undefined || last("payments", account) === undefined) return [];
    const entries = itemsOf(statement).map((item): Entry => {
      const [id, payment] = [textMember(item, "id") ?? "", textMember(item, "payment")];
      const refund = textMember(item, "refund");
      const own = makers.get(refund ?? payment ?? id);
      const [amount, balance] = [minorUnits(member(item, "amount")), minorUnits(member(item, "balance"))];
      return { id, amount, balance, payment, refund, request: own };
    });
    return [[account, entries.toReversed()] as const];
  }));
  const amounts = new Map(
    listed.map((item) => [textMember(item, "id") ?? "", minorUnits(member(item, "amount"))]),
  );
  return {
    ...{ requests, statements, amounts },
    unread: [...accounts].filter((account) => !statements.has(account)),
  };
}

/** Ids of payments by key and those of deposits, and entries by the id of their refund. */
interface Effects {
  readonly payments: ReadonlyMap<string, readonly string[]>;
  readonly deposits: ReadonlySet<string>;
  readonly refunds: ReadonlyMap<string, readonly JsonValue[]>;
}

function requestOf(
  key: string,
  attempts: readonly Operation[],
  { payments, deposits, refunds }: Effects,
): KeyedRequest {
  const acknowledged = attempts.filter(({ outcome }) => outcome === "ok");
  const made = payments.get(key) ?? [];
  // The id of a refund is chosen by the client; each time that it takes effect has an id of its own on statements.
  const [entry, ...more] = new Set((refunds.get(key) ?? []).map((item) => textMember(item, "id") ?? ""));
  const refunded = entry === undefined ? [] : [key, ...more];
  const paid = acknowledged.map(({ output }) => textMember(output, "id") ?? "").filter((id) =>
    deposits.has(id)
  );
  return {
    ...{ key, attempts, acknowledged, effects: [...new Set([...made, ...paid, ...refunded])] },
    invoked: Math.min(...attempts.map(({ invoked }) => invoked)),
    returned: Math.min(...acknowledged.map(({ returned }) => returned)),
  };
}

function keyOf({ key, input }: Operation): string {
  return textMember(input, "key") ?? key;
}

function itemsOf(operation: Operation | undefined): readonly JsonValue[] {
  const items = operation?.output["items"];
  return isArray(items) ? items.filter(isObject) : [];
}
