import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { v7 as newId } from "uuid";
import type { Querier, QueryOptions, QueryParameter } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp } from "@archway/db/timestamp.ts";
import type { AuditEntry } from "@archway/service_kit/audit_trail.ts";

/** An entry with its time. */
export interface TimedEntry extends AuditEntry {
  readonly at: Timestamp;
}

// The materialized CTE assigns the transaction id before any position, on which blocks rely.
const INSERT = `with writer as materialized (select pg_current_xact_id() as id), new as (
    select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
      with ordinality as row (id, at, actor, action, resource, ids, hash, number)
  )
  insert into audit_log (id, at, actor, action, resource, ids, hash)
  select new.id, at, actor, action, resource, string_to_array(ids, ','), decode(hash, 'base64')
  from writer cross join new order by number`;

/**
 * Returns the text of a statement that makes a change, and records it in the audit log if it returned a row.
 *
 * @param count Number of its parameters, after which those of {@link recordingParameters} follow.
 */
export function recordingText(change: string, count: number): string {
  const at = (place: number): string => `$${count + place}`;
  return `with changed as (${change}), writer as materialized (select pg_current_xact_id() as id), recorded as (
    insert into audit_log (id, at, actor, action, resource, ids, hash)
    select ${at(1)}::uuid, ${at(2)}::timestamptz, ${at(3)}::text, ${at(4)}::text, ${at(5)}::text,
      string_to_array(${at(6)}::text, ','), ${at(7)}::bytea
    from writer where exists (select from changed)
  ) select * from changed`;
}

/** Returns the parameters of an entry for {@link recordingText}. */
export function recordingParameters(entry: TimedEntry): readonly QueryParameter[] {
  const id = newId();
  const { at, actor, action, resource } = entry;
  const ids = inLowerCase(entry.ids);
  return [id, at, actor, action, resource, ids.join(), hashOfRow({ ...entry, ids, id })];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns ids with UUIDs in lower case: callers choose the case of those in paths, and a search must find them all. */
function inLowerCase(ids: readonly string[]): readonly string[] {
  return ids.map((id) => UUID.test(id) ? id.toLowerCase() : id);
}

/** Adds entries to the audit log, in one statement. */
export async function insertEntries(
  db: Querier,
  entries: readonly TimedEntry[],
  options?: Pick<QueryOptions, "last">,
): Promise<void> {
  const rows = entries.map((entry) => ({ ...entry, ids: inLowerCase(entry.ids), id: newId() }));
  await db.query(INSERT, [
    rows.map(({ id }) => id),
    rows.map(({ at }) => at),
    rows.map(({ actor }) => actor),
    rows.map(({ action }) => action),
    rows.map(({ resource }) => resource),
    rows.map(({ ids }) => ids.join()),
    rows.map((row) => Buffer.from(hashOfRow(row)).toString("base64")),
  ], options);
}

/** Returns the hash of a row, of everything but its position. */
export function hashOfRow(
  { id, at, actor, action, resource, ids }: Omit<TimedEntry, "action"> & {
    readonly id: string;
    readonly action: string;
  },
): Uint8Array {
  const fields = [id, microsecondsOf(at).toString(), actor, action, resource, ids];
  return createHash("sha256").update(JSON.stringify(fields)).digest();
}

/** Chain of hashes over the rows of a block, after the block before. */
export class BlockHash {
  readonly #hash = createHash("sha256");

  /** @param previous Hash of the block before; empty for the first. */
  constructor(previous: Uint8Array) {
    this.#hash.update(previous);
  }

  add(position: bigint, hash: Uint8Array): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(position);
    this.#hash.update(bytes).update(hash);
  }

  digest(): Uint8Array {
    return this.#hash.digest();
  }
}
