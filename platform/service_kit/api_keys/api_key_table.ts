import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** Stored key, without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** Caller that the key identifies. */
  readonly subject: string;
  /** Whether the subject is the key itself. */
  readonly isClient: boolean;
  readonly scopes: readonly string[];
  readonly createdAt: Timestamp;
  /** Undefined if the key does not expire. */
  readonly expiresAt: Timestamp | undefined;
  readonly revokedAt: Timestamp | undefined;
  /** Accurate to a minute; undefined if it was never used. */
  readonly lastUsedAt: Timestamp | undefined;
}

/** Stored key with the hash of its secret part. */
export interface HashedApiKey extends ApiKey {
  readonly secretHash: Uint8Array;
}

const COLUMNS = `id, name, subject, is_client, scopes, created_at, expires_at, revoked_at, last_used_at`;

const INSERT = `insert into api_keys
  (id, secret_hash, name, subject, is_client, scopes, created_at, expires_at)
  values ($1, $2, $3, $4, $5, $6::text[], $7, $8)`;

const FIND = `select ${COLUMNS}, secret_hash from api_keys where id = $1`;

const LIST = `select ${COLUMNS} from api_keys order by created_at, id`;

const REVOKE = `update api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1 returning revoked_at`;

// Other processes record the use of the same key, too.
const RECORD_USE = `update api_keys set last_used_at = $2
  where id = $1 and (last_used_at is null or last_used_at <= $2::timestamptz - interval '1 minute')`;

interface Row {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly is_client: boolean;
  readonly scopes: readonly string[];
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp | null;
  readonly revoked_at: Timestamp | null;
  readonly last_used_at: Timestamp | null;
}

/** Stores a new key. */
export async function insertApiKey(
  db: Querier,
  { id, secretHash, name, subject, isClient, scopes, createdAt, expiresAt }: Omit<
    HashedApiKey,
    "revokedAt" | "lastUsedAt"
  >,
): Promise<void> {
  await db.query(INSERT, [id, secretHash, name, subject, isClient, scopes, createdAt, expiresAt ?? null]);
}

/** Returns a key, revoked and expired ones too; undefined if there is none. */
export async function findApiKey(
  db: Querier,
  id: string,
  options?: QueryOptions,
): Promise<HashedApiKey | undefined> {
  const { rows: [row] } = await db.query<Row & { readonly secret_hash: Uint8Array }>(FIND, [id], options);
  return row && { ...keyOf(row), secretHash: row.secret_hash };
}

/** Returns all keys, oldest first. */
export async function listApiKeys(db: Querier): Promise<readonly ApiKey[]> {
  const { rows } = await db.query<Row>(LIST);
  return rows.map(keyOf);
}

/** Revoked key. */
export interface RevokedApiKey {
  /** Time of the first revocation. */
  readonly revokedAt: Timestamp;
}

/** Revokes a key; undefined if there is none. A revoked key stays so. */
export async function revokeApiKey(
  db: Querier,
  id: string,
  now: Timestamp,
): Promise<RevokedApiKey | undefined> {
  const { rows: [row] } = await db.query<{ readonly revoked_at: Timestamp }>(REVOKE, [id, now]);
  return row && { revokedAt: row.revoked_at };
}

/** Records that a key was used, at most once a minute. */
export async function recordApiKeyUse(db: Querier, id: string, now: Timestamp): Promise<void> {
  await db.query(RECORD_USE, [id, now]);
}

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    subject: row.subject,
    isClient: row.is_client,
    scopes: row.scopes,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
  };
}
