import type { Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** A stored key, without the response to its request. */
export interface IdempotencyKeyEntry {
  /** SHA-256 of caller, operation and key, in hexadecimal digits: the key itself is not stored. */
  readonly id: string;
  /** Such as "POST /v1/payments". */
  readonly operation: string;
  /** Status of the stored response. */
  readonly status: number;
  /** Size of the body of the response; null if it has none. */
  readonly bodyBytes: number | null;
  readonly createdAt: Timestamp;
  /** Time from which the response is no longer replayed. */
  readonly expiresAt: Timestamp;
  readonly isExpired: boolean;
}

/** Selection of keys. */
export interface KeySelection {
  /** Key after which they begin, the last one of the page before. @default the newest one */
  readonly after?: Pick<IdempotencyKeyEntry, "id" | "expiresAt"> | undefined;
  readonly now: Timestamp;
  readonly limit: number;
}

// All keys have the same lifetime, so the order of their ends, which has an index, is that of their creation.
const LIST =
  `select encode(id, 'hex') as id, operation, status, octet_length(body) as "bodyBytes", created_at as "createdAt",
    expires_at as "expiresAt", expires_at <= $1 as "isExpired"
  from idempotency_keys
  where $2::timestamptz is null or (expires_at, id) < ($2::timestamptz, decode($3::text, 'hex'))
  order by expires_at desc, id desc limit $4`;

/** Returns stored keys, those that live longest first. */
export async function listIdempotencyKeys(
  db: Querier,
  { after, now, limit }: KeySelection,
): Promise<readonly IdempotencyKeyEntry[]> {
  return (await db.query<IdempotencyKeyEntry>(LIST, [
    now,
    after?.expiresAt ?? null,
    after?.id ?? null,
    limit,
  ])).rows;
}
