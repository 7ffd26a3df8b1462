import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { KeyedRequest, StoredResponse } from "@archway/server/idempotency.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** What is kept of a key. */
export interface StoredKey {
  /** Of the request that it was used for. */
  readonly fingerprint: Uint8Array;
  readonly expired: boolean;
  readonly response: StoredResponse;
}

/** What is to be kept of a key from now on. */
export interface NewKey {
  readonly request: KeyedRequest;
  readonly response: StoredResponse;
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp;
}

/** The constraint that refuses a key that was used already. */
export const KEY_CONSTRAINT = "idempotency_keys_pkey";

const COLUMNS = "fingerprint, expires_at <= $2 as expired, status, headers, body";

const FIND = `select ${COLUMNS} from idempotency_keys where id = $1`;

// Never waits: of two requests with one key the second is told so. The lock ends with the transaction, also where its
// process does. Between the statement's snapshot and the lock the first one may end; then the primary key refuses the
// second, and it is run again.
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

/** What a key is kept under: nobody's key is another's, nor is one operation's. */
export function keyId({ principal, operation, key }: KeyedRequest): Buffer {
  return createHash("sha256").update(JSON.stringify([principal ?? null, operation, key])).digest();
}

/** What is kept of a key; undefined: nothing. */
export async function findKey(
  db: Querier,
  id: Uint8Array,
  { now, ...options }: QueryOptions & { readonly now: Timestamp },
): Promise<StoredKey | undefined> {
  const { rows: [row] } = await db.query<KeyRow>(FIND, [id, now], options);
  return row && storedKeyOf(row);
}

/**
 * What is kept of a key; where that is nothing, the key is the transaction's until its end, "claimed", or another one's,
 * "in use".
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

/** Keeps a key. Fails at {@link KEY_CONSTRAINT} where it is kept already. */
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
  ]);
}

function storedKeyOf({ fingerprint, expired, status, headers, body }: KeyRow): StoredKey {
  return { fingerprint, expired, response: { status, headers, body: body ?? undefined } };
}
