import type { ConnectionPool } from "@archway/db/db.ts";
import type { EventData, NewEvent, PersonalFieldsOf } from "@archway/service_kit/event_catalog.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";

/** Options of {@link encryptStoredEvents}. */
export interface EncryptStoredOptions {
  /** Types of events with personal fields. */
  readonly types: readonly string[];
  readonly cipher: PersonalDataCipher;
  readonly personal: PersonalFieldsOf;
  /** @default all */
  readonly streams?: readonly string[];
  readonly signal?: AbortSignal;
  /** Called with the position of the last event that was looked at. */
  readonly onProgress?: (position: bigint) => void;
}

const FIND = `select position, type, schema_version, data from events
  where position > $1 and type = any ($2) and ($3::text[] is null or stream = any ($3))
  order by position limit $4`;

const UPDATE = `update events set data = new.data from unnest($1::int8[], $2::jsonb[]) as new (position, data)
  where events.position = new.position`;

/** Number of events per transaction, during whose end no events are appended. */
const BATCH = 500;

interface PlainRow {
  readonly position: bigint;
  readonly type: string;
  readonly schema_version: number;
  readonly data: EventData;
}

/**
 * Encrypts personal fields of events that were stored in plain text. Nothing else of an event changes, and it keeps its
 * schema version. Each batch lifts the protection of events in its transaction, which only the owner of the table can.
 *
 * @returns the number of events that changed.
 */
export async function encryptStoredEvents(
  pool: ConnectionPool,
  { types, cipher, personal, streams, signal, onProgress }: EncryptStoredOptions,
): Promise<number> {
  let count = 0;
  for (let after = 0n;;) {
    signal?.throwIfAborted();
    const { last, changed } = await pool.withTx(async (tx) => {
      const { rows } = await tx.query<PlainRow>(FIND, [after, types, streams ?? null, BATCH]);
      const events = rows.map(({ type, schema_version: schemaVersion, data }): NewEvent => ({
        ...{ type, schemaVersion, data },
      }));
      const encrypted = await cipher.encrypt(tx, events, personal);
      const changes = rows.flatMap(({ position }, index) => {
        const event = encrypted[index];
        return event === undefined || event === events[index] ? [] : [{ position, data: event.data }];
      });
      if (changes.length > 0) {
        await tx.query("alter table events disable trigger events_kept");
        const parameters = [
          changes.map(({ position }) => position),
          changes.map(({ data }) => JSON.stringify(data)),
        ];
        await tx.query(UPDATE, parameters);
        await tx.query("alter table events enable trigger events_kept");
      }
      return { last: rows.length < BATCH ? undefined : rows.at(-1)?.position, changed: changes.length };
    }, { repeatable: true });
    count += changed;
    if (last === undefined) return count;
    after = last;
    onProgress?.(last);
  }
}
