import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { KeyedRequest, StoredResponse } from "@archway/server/idempotency.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** A key with its stored response. */
export interface StoredKey {
  /** Fingerprint of the request that used the key first. */
  readonly fingerprint: Uint8Array;
  readonly expired: boolean;
  readonly response: StoredResponse;
}

/** A key to store with its response. */
export interface NewKey {
  readonly request: KeyedRequest;
  readonly response: StoredResponse;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp;
}

/** Constraint that rejects a key that is already stored. */
export const KEY_CONSTRAINT = "idempotency_keys_pkey";

const COLUMNS = "fingerprint, expires_at <= $2 or erased_at is not null as expired, status, headers, body";

const FIND = `select ${COLUMNS} from idempotency_keys where id = $1`;

// Never blocks: of two concurrent requests with one key the second fails at once. The lock ends with the transaction,
// even if the process crashes. If the first request commits between the statement's snapshot and the lock, the primary
// key rejects the second one, which is then retried.
const CLAIM = `with claim as materialized (select pg_try_advisory_xact_lock($3) as claimed)
  select claim.claimed, stored.*
  from claim left join (select id, ${COLUMNS} from idempotency_keys) as stored on stored.id = $1`;

const INSERT = `insert into idempotency_keys
  (id, operation, fingerprint, status, headers, body, created_at, expires_at)
  values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)`;

interface KeyRow {
  readonly fingerprint: Uint8Array;
  readonly expired: boolean;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array | null;
}

/** Returns the id under which a key is stored: unique per caller, operation and key. */
export function keyId({ principal, operation, key }: KeyedRequest): Buffer {
  return createHash("sha256").update(JSON.stringify([principal ?? null, operation, key])).digest();
}

/** Returns a stored key, if there is one. */
export async function findKey(
  db: Querier,
  id: Uint8Array,
  { now, ...options }: QueryOptions & { readonly now: Timestamp },
): Promise<StoredKey | undefined> {
  const { rows: [row] } = await db.query<KeyRow>(FIND, [id, now], options);
  return row && storedKeyOf(row);
}

/**
 * Returns a stored key, or claims it. "claimed" locks it until the end of this transaction, "in use" means that another
 * transaction holds the lock.
 */
export async function claimKey(
  tx: Querier,
  id: Buffer,
  { now }: { readonly now: Timestamp },
): Promise<StoredKey | "claimed" | "in use"> {
  const { rows: [row] } = await tx.query<(KeyRow | { fingerprint: null }) & { claimed: boolean }>(
    CLAIM,
    [id, now, id.readBigInt64BE(0)],
  );
  if (row !== undefined && row.fingerprint !== null) return storedKeyOf(row);
  return row?.claimed === true ? "claimed" : "in use";
}

/** Stores a key, and commits. Violates {@link KEY_CONSTRAINT} if it is already stored. */
export async function insertKey(
  tx: Querier,
  id: Uint8Array,
  { request, response, createdAt, expiresAt }: NewKey,
): Promise<void> {
  const { operation, fingerprint } = request;
  const { status, headers, body = null } = response;
  await tx.query(INSERT, [
    id,
    operation,
    fingerprint,
    status,
    JSON.stringify(headers),
    body,
    createdAt,
    expiresAt,
  ], { last: true });
}

function storedKeyOf({ fingerprint, expired, status, headers, body }: KeyRow): StoredKey {
  return { fingerprint, expired, response: { status, headers, body: body ?? undefined } };
}
