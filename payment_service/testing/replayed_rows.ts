import type { Querier } from "../../db/db.ts";
import { EventStore } from "../../event_store/event_store.ts";
import { PAYMENT_UPCASTERS, readEvent } from "../events/payment_event_data.ts";
import { Projection } from "../projection/projection.ts";

/** What tables hold, each row as a text, in one order. */
export type RowTexts = Readonly<Record<"accounts" | "payments" | "refunds" | "entries", readonly string[]>>;

const PAGE = 5_000;

/** What the tables have to hold by what has happened: every event followed anew, from the first one on. */
export async function replayedRows(db: Querier): Promise<RowTexts> {
  const events = new EventStore(PAYMENT_UPCASTERS);
  const projection = new Projection();
  let after = 0n;
  while (true) {
    const page = await events.readAll(db, { after, limit: PAGE });
    for (const event of page) projection.apply(readEvent(event), event.recordedAt);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
  const { accounts, payments, refunds, entries } = projection;
  return {
    accounts: texts(accounts.map(({ row: account }) => [
      ...[account.id, account.kind, account.profileId, account.currency, account.balance, account.version],
      ...[account.createdAt, account.updatedAt, account.closedAt],
    ])),
    payments: texts(payments.map(({ row: payment }) => [
      ...[payment.id, payment.payerAccountId, payment.payeeAccountId, payment.amount.currency],
      ...[payment.amount.units, payment.refunded, payment.description, payment.version],
      ...[payment.createdAt, payment.updatedAt],
    ])),
    refunds: texts(refunds.map((refund) => [
      ...[refund.paymentId, refund.id, refund.amount.currency, refund.amount.units, refund.description],
      refund.createdAt,
    ])),
    entries: texts(entries.map((entry) => [
      ...[entry.transferId, entry.accountId, entry.currency, entry.kind, entry.amount, entry.balance],
      ...[entry.paymentId, entry.refundId, entry.createdAt],
    ])),
  };
}

/** What the tables do hold. */
export async function liveRows(db: Querier): Promise<RowTexts> {
  const read = async (table: string): Promise<readonly string[]> => {
    const { rows } = await db.query<Readonly<Record<string, Value>>>(`select * from ${table}`);
    return texts(rows.map((row) => Object.values(row)));
  };
  return {
    accounts: await read("accounts"),
    payments: await read("payments"),
    refunds: await read("refunds"),
    entries: await read("entries"),
  };
}

type Value = string | bigint | null;

function texts(rows: readonly (readonly Value[])[]): readonly string[] {
  return rows.map((row) => row.join("|")).toSorted();
}
