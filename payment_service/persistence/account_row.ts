import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Account, AccountKind } from "../domain/account.ts";

/** The columns of {@link AccountRow}. */
export const ACCOUNT_COLUMNS = [
  "id",
  "kind",
  "profile_id",
  "currency",
  "balance",
  "version",
  "created_at",
  "updated_at",
  "closed_at",
].map((name) => `accounts.${name}`).join(", ");

/** A row of the table `accounts`. */
export interface AccountRow {
  readonly id: string;
  readonly kind: AccountKind;
  readonly profile_id: string | null;
  readonly currency: string;
  readonly balance: bigint;
  readonly version: bigint;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
  readonly closed_at: Timestamp | null;
}

/** The account a row holds. */
export function accountOfRow(row: AccountRow): Account {
  return {
    id: row.id,
    kind: row.kind,
    profileId: row.profile_id,
    currency: row.currency,
    balance: row.balance,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    closedAt: row.closed_at,
  };
}
