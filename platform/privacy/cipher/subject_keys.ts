import { Buffer } from "node:buffer";
import type { Querier, Transaction } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { ENCRYPTION_KEY_ID_BYTES, EncryptionKeyRing } from "@archway/service_kit/signing.ts";

const KEY_BYTES = 32;

const FIND = "select subject, wrapped_key from subject_keys where subject = any ($1)";

// Those that are expected to be new are created by the statement that finds the others.
const FIND_AND_CREATE = `with found as (${FIND}), created as (
    insert into subject_keys (subject, wrapped_key, created_at)
    select subject, decode(wrapped_key, 'base64'), now() from unnest($2::text[], $3::text[]) as new (subject, wrapped_key)
    where not exists (select from found where found.subject = new.subject)
    order by subject on conflict (subject) do nothing returning subject, wrapped_key
  ) select * from found union all select * from created`;

const CREATE = `insert into subject_keys (subject, wrapped_key, created_at)
  select subject, decode(wrapped_key, 'base64'), now() from unnest($1::text[], $2::text[]) as new (subject, wrapped_key)
  order by subject on conflict (subject) do nothing`;

// A person without a key gets a destroyed one, so that none is created later.
const DESTROY = `insert into subject_keys (subject, created_at, destroyed_at)
  select subject, $2, $2 from unnest($1::text[]) as gone (subject) order by subject
  on conflict (subject) do update set wrapped_key = null, destroyed_at = excluded.destroyed_at
  where subject_keys.destroyed_at is null`;

const STALE = `select subject, wrapped_key from subject_keys
  where wrapped_key is not null and substring(wrapped_key for ${ENCRYPTION_KEY_ID_BYTES}) <> $1
  order by subject limit $2 for update skip locked`;

const REWRAP = `update subject_keys set wrapped_key = decode(new.wrapped_key, 'base64')
  from unnest($1::text[], $2::text[]) as new (subject, wrapped_key) where subject_keys.subject = new.subject`;

/** Number of keys that one transaction wraps again. */
const BATCH = 500;

interface KeyRow {
  readonly subject: string;
  readonly wrapped_key: Uint8Array | null;
}

/** Keys by person; undefined for a destroyed one. A person without a key is absent. */
export type KeysBySubject = ReadonlyMap<string, Uint8Array | undefined>;

/** Keys of persons, of 256 random bits each, stored wrapped by the secrets of the program. */
export class SubjectKeys {
  readonly #ring: EncryptionKeyRing;

  /** @param secrets Secrets, newest first. */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#ring = new EncryptionKeyRing(secrets, "subject key");
  }

  /** @throws {Error} for a key that no configured secret has wrapped. */
  async find(db: Querier, subjects: readonly string[]): Promise<KeysBySubject> {
    return this.#keysOf((await db.query<KeyRow>(FIND, [subjects])).rows);
  }

  /**
   * Like `find`, but creates the keys that do not exist.
   *
   * @param created Subjects that are new, in all probability, whose keys take no further round trip.
   */
  async findOrCreate(
    tx: Querier,
    subjects: readonly string[],
    created: readonly string[] = [],
  ): Promise<KeysBySubject> {
    const found = created.length === 0 ? await this.find(tx, subjects) : this.#keysOf(
      (await tx.query<KeyRow>(FIND_AND_CREATE, [subjects, created, created.map((one) => this.#newKey(one))]))
        .rows,
    );
    const missing = subjects.filter((subject) => !found.has(subject));
    if (missing.length === 0) return found;
    await tx.query(CREATE, [missing, missing.map((subject) => this.#newKey(subject))]);
    // Another transaction may have created some of them first.
    return await this.find(tx, subjects);
  }

  /** Destroys keys, for good. Needs no secrets. */
  static async destroy(tx: Transaction, subjects: readonly string[], now: Timestamp): Promise<void> {
    await tx.query(DESTROY, [subjects, now]);
  }

  /** Wraps keys by the newest secret. Returns the number of keys; fewer than a batch if none are left. */
  async rewrap(tx: Transaction): Promise<{ readonly count: number; readonly isLast: boolean }> {
    const { rows } = await tx.query<KeyRow>(STALE, [this.#ring.currentKeyId, BATCH]);
    const keys = rows.flatMap((row) => {
      const key = this.#unwrap(row);
      return key === undefined ? [] : [{ subject: row.subject, wrapped: this.#wrap(row.subject, key) }];
    });
    if (keys.length > 0) {
      await tx.query(REWRAP, [keys.map(({ subject }) => subject), keys.map(({ wrapped }) => wrapped)]);
    }
    return { count: keys.length, isLast: rows.length < BATCH };
  }

  #keysOf(rows: readonly KeyRow[]): KeysBySubject {
    return new Map(rows.map((row) => [row.subject, this.#unwrap(row)]));
  }

  #newKey(subject: string): string {
    return this.#wrap(subject, crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  }

  /** Returns the base64 of a wrapped key, as arrays of bytes are no parameters. */
  #wrap(subject: string, key: Uint8Array): string {
    const wrapped = this.#ring.encrypt(Buffer.from(key).toString("base64"), subject);
    return Buffer.from(wrapped).toString("base64");
  }

  #unwrap({ subject, wrapped_key: wrapped }: KeyRow): Uint8Array | undefined {
    if (wrapped === null) return undefined;
    const text = this.#ring.decrypt(wrapped, subject);
    if (text === undefined) {
      throw new Error(
        "A key of personal data cannot be unwrapped: HMAC_SECRET has no secret that wrapped it",
      );
    }
    return new Uint8Array(Buffer.from(text, "base64"));
  }
}
