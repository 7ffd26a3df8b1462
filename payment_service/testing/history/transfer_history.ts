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
  /** Payments or deposits with the key at the end. */
  readonly effects: readonly string[];
}

/** History of transfers, with the statements at its end. */
export interface TransferHistory {
  readonly requests: ReadonlyMap<string, KeyedRequest>;
  /** Entries of each account, oldest first. */
  readonly statements: ReadonlyMap<string, readonly Entry[]>;
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
    all.filter(({ action }) => /^(?:deposit|balance|statement)$/.test(action)).map(({ key }) => key),
  );
  const payments = Map.groupBy(
    [...accounts].flatMap((account) => itemsOf(last("payments", account))),
    (item) => textMember(item, "key") ?? "",
  );
  const paymentIds = new Map([...payments].map(([key, items]) => [
    key,
    [...new Set(items.map((item) => textMember(item, "id") ?? ""))],
  ]));
  const deposits = new Set(
    [...accounts].flatMap((account) =>
      itemsOf(last("statement", account)).filter((item) => textMember(item, "payment") === undefined)
        .map((item) => textMember(item, "id") ?? "")
    ),
  );
  const requests = new Map(
    [...Map.groupBy(all.filter(({ action }) => /^(?:transfer|deposit)$/.test(action)), keyOf)].map((
      [key, attempts],
    ) => [key, requestOf(key, attempts, { payments: paymentIds, deposits })]),
  );
  const makers = new Map(
    [...requests.values()].flatMap((request) => request.effects.map((id) => [id, request] as const)),
  );
  const statements = new Map([...accounts].flatMap((account) => {
    const statement = last("statement", account);
    if (statement === undefined || last("payments", account) === undefined) return [];
    const entries = itemsOf(statement).map((item): Entry => {
      const [id, payment] = [textMember(item, "id") ?? "", textMember(item, "payment")];
      const own = makers.get(payment ?? id);
      const [amount, balance] = [minorUnits(member(item, "amount")), minorUnits(member(item, "balance"))];
      return { id, amount, balance, payment, request: own };
    });
    return [[account, entries.toReversed()] as const];
  }));
  return { requests, statements, unread: [...accounts].filter((account) => !statements.has(account)) };
}

/** Ids of payments by key, and those of deposits. */
interface Effects {
  readonly payments: ReadonlyMap<string, readonly string[]>;
  readonly deposits: ReadonlySet<string>;
}

function requestOf(
  key: string,
  attempts: readonly Operation[],
  { payments, deposits }: Effects,
): KeyedRequest {
  const acknowledged = attempts.filter(({ outcome }) => outcome === "ok");
  const made = payments.get(key) ?? [];
  const paid = acknowledged.map(({ output }) => textMember(output, "id") ?? "").filter((id) =>
    deposits.has(id)
  );
  return {
    ...{ key, attempts, acknowledged, effects: [...new Set([...made, ...paid])] },
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
