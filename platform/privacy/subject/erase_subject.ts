import type { ConnectionPool, Querier, Transaction } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type {
  ErasedRows,
  PersonalDataCipher,
  PersonalDataSource,
} from "@archway/service_kit/personal_data.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { insertEntries } from "../audit/audit_row.ts";
import { SubjectKeys } from "../cipher/subject_keys.ts";
import { findSubject } from "./personal_data_of.ts";

/** Request for the erasure of a person's data. */
export interface ErasureRequest {
  readonly id: string;
  readonly subject: string;
  readonly requestedAt: Timestamp;
}

/** Proof of an erasure, without data of the person apart from their id. */
export interface ErasureReceipt {
  readonly request: string;
  readonly subject: string;
  readonly requestedAt: Timestamp;
  readonly completedAt: Timestamp;
  readonly erased: readonly ErasedRows[];
  /** Whether a key of encrypted fields was destroyed: false if there was none. */
  readonly keyDestroyed: boolean;
  /** Number of destroyed keys of documents that concern the person. */
  readonly documentKeysDestroyed: number;
}

const REQUEST = `insert into erasures (id, subject, requested_at) values ($1, $2, $3)
  on conflict (subject) where completed_at is null do nothing`;

const OPEN = `select id, subject, requested_at as "requestedAt" from erasures
  where subject = $1 and completed_at is null`;

const COMPLETED =
  `select id, completed_at as "completedAt" from erasures where subject = $1 and completed_at is not null
    and not exists (select from erasures where subject = $1 and completed_at is null)
  order by completed_at desc limit 1`;

const FIND =
  `select id, subject, requested_at as "requestedAt", receipt from erasures where id = $1 and subject = $2`;

const COMPLETE = "update erasures set completed_at = $2, receipt = $3 where id = $1";

const LOCK_KEYS =
  `select subject, wrapped_key is not null as present from subject_keys where subject = any ($1)
  order by subject for update`;

type StoredRequest = ErasureRequest & { readonly receipt: ErasureReceipt | null };

/** Returns the open request for a person's erasure; the first call creates it. */
export async function requestErasure(
  pool: ConnectionPool,
  subject: string,
  { id, now }: { readonly id: string; readonly now: Timestamp },
): Promise<ErasureRequest> {
  return await pool.withTx(async (tx) => {
    await tx.query(REQUEST, [id, subject, now]);
    const { rows: [request] } = await tx.query<ErasureRequest>(OPEN, [subject]);
    if (request === undefined) throw new Error("The request was completed meanwhile");
    return request;
  }, { repeatable: true });
}

/** Returns the last erasure of a person; undefined if there was none, or another one is requested. */
export async function lastErasure(
  db: Querier,
  subject: string,
): Promise<Pick<ErasureReceipt, "completedAt"> & Pick<ErasureRequest, "id"> | undefined> {
  const { rows } = await db.query<Pick<ErasureReceipt, "completedAt"> & Pick<ErasureRequest, "id">>(
    COMPLETED,
    [subject],
  );
  return rows[0];
}

/** Options of {@link eraseSubject}. */
export interface EraseOptions {
  readonly sources: readonly PersonalDataSource[];
  readonly cipher: PersonalDataCipher | undefined;
  readonly now: () => Timestamp;
  /** Whether it may strand something, such as a balance. @default false */
  readonly insist?: boolean;
}

/**
 * Erases everything about a person, in one transaction, and destroys their key. A request that was completed returns its
 * receipt again, and changes nothing; one that was interrupted has changed nothing.
 *
 * @returns the receipt; undefined if there is no such request for the person.
 * @throws {CommandError} if it would strand something.
 */
export async function eraseSubject(
  pool: ConnectionPool,
  { request: requestId, subject: subjectId }: { readonly request: string; readonly subject: string },
  options: EraseOptions,
): Promise<ErasureReceipt | undefined> {
  const { sources } = options;
  const subjectOf = (db: Querier): ReturnType<typeof findSubject> =>
    findSubject(db, subjectId, { ...options, now: options.now() });
  const find = async (db: Querier, lock = ""): Promise<StoredRequest | undefined> =>
    (await db.query<StoredRequest>(`${FIND}${lock}`, [requestId, subjectId])).rows[0];
  const found = await find(pool.writer());
  if (found === undefined || found.receipt !== null) return found?.receipt ?? undefined;
  const known = await subjectOf(pool.writer());
  for (const source of sources) await source.prepare?.(pool, known);
  return await pool.withTx(async (tx) => {
    const request = await find(tx, " for update");
    if (request === undefined || request.receipt !== null) return request?.receipt ?? undefined;
    const erased: ErasedRows[] = [];
    const documents: string[] = [];
    for (const source of sources) {
      const subject = await subjectOf(tx);
      erased.push(...await source.erase(tx, subject));
      // With its locks, so that nothing is added any more.
      const stranded = options.insist === true ? [] : await source.stranded?.(tx, subject) ?? [];
      if (stranded.length > 0) {
        throw new CommandError(
          `nothing was erased: ${stranded.join(", ")}; pay it out, or repeat with --insist`,
        );
      }
      documents.push(...await source.keysOf?.(tx, subject) ?? []);
    }
    // After the locks, as the erasure is later than what they waited for.
    const now = options.now();
    const destroyed = await destroyKeys(tx, [subjectId, ...documents], now);
    const receipt: ErasureReceipt = {
      ...{ request: request.id, subject: subjectId, requestedAt: request.requestedAt, completedAt: now },
      erased,
      keyDestroyed: destroyed.has(subjectId),
      documentKeysDestroyed: documents.filter((document) => destroyed.has(document)).length,
    };
    await insertEntries(tx, [{
      actor: null,
      action: "erase",
      resource: "person",
      ids: [subjectId],
      at: now,
    }]);
    await tx.query(COMPLETE, [request.id, now, JSON.stringify(receipt)]);
    return receipt;
  }, { repeatable: true });
}

/** Destroys keys, without having to unwrap them. Returns the subjects that had one. */
async function destroyKeys(
  tx: Transaction,
  subjects: readonly string[],
  now: Timestamp,
): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ subject: string; present: boolean }>(LOCK_KEYS, [subjects]);
  await SubjectKeys.destroy(tx, subjects, now);
  return new Set(rows.filter(({ present }) => present).map(({ subject }) => subject));
}
