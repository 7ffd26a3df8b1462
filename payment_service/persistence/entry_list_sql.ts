import type { ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Entry, EntryKind } from "../domain/account.ts";
import type { EntryFilter } from "../ports.ts";
import { ListSql } from "./list_sql.ts";

/** A row of the statement of an account. */
export interface EntryRow {
  /** The transfer's. */
  readonly id: string;
  readonly account_id: string;
  readonly kind: EntryKind;
  readonly amount: bigint;
  readonly balance: bigint;
  readonly currency: string;
  readonly payment_id: string | null;
  readonly refund_id: string | null;
  readonly created_at: Timestamp;
}

/** The statement of an account as a list: an account has one entry of a transfer at the most. */
export class EntryListSql extends ListSql {
  override readonly key = ["created_at", "transfer_id"];

  constructor({ accountId, ...period }: EntryFilter) {
    super();
    this.conditions.push(`account_id = ${this.bind(accountId)}`);
    this.within(period);
  }

  stretch({ key, order, limit }: ListStretch): string {
    return `select transfer_id as id, transfer_id, account_id, kind, amount, balance, currency, payment_id, refund_id, created_at
      from entries ${this.where(key)}
      order by created_at ${order}, transfer_id ${order} limit ${limit}`;
  }
}

/** The entry a row holds. */
export function entryOfRow(row: EntryRow): Entry {
  return {
    transferId: row.id,
    accountId: row.account_id,
    kind: row.kind,
    amount: row.amount,
    balance: row.balance,
    currency: row.currency,
    paymentId: row.payment_id,
    refundId: row.refund_id,
    createdAt: row.created_at,
  };
}
