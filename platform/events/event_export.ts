import type { Querier } from "@archway/db/db.ts";
import type {
  ExportColumn,
  ExportValue,
  PositionRange,
  StreamBatch,
  StreamExport,
  StreamSource,
} from "@archway/service_kit/export_definition.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import type { EventCatalog, NewEvent } from "@archway/service_kit/event_catalog.ts";
import type { StoredEvent } from "./store/event.ts";
import { EventStoreError } from "./store/event_store_error.ts";
import { countRange, fingerprintRange } from "./store/event_ranges.ts";
import { readAllEvents } from "./store/read_events.ts";
import { settledPosition } from "./store/settled_position.ts";
import { upcast } from "./store/upcast.ts";

/** Columns that rows of events have in every data set, before their own. */
const COMMON: Readonly<Record<string, ExportColumn>> = {
  position: { type: "int64", description: "position among all events" },
  type: { type: "text", description: "type of the event" },
  recorded_at: { type: "timestamp", description: "time of recording" },
};

/** Data set of events. */
export interface EventExportOptions {
  readonly name: string;
  readonly description: string;
  /** Types of events. @default all */
  readonly types?: readonly string[];
  /** Columns in addition to `position`, `type` and `recorded_at`. */
  readonly columns: Readonly<Record<string, ExportColumn>>;
  /** Returns the values of these columns for an event in its newest schema version, whose personal fields are null. */
  readonly valuesOf: (
    event: StoredEvent,
    catalog: EventCatalog,
  ) => Readonly<Record<string, ExportValue>>;
}

/** Defines a data set with a row for each event of some types, in the order of their positions. */
export function eventExport(
  { name, description, types, columns, valuesOf }: EventExportOptions,
): StreamExport {
  return {
    kind: "stream",
    ...{ name, description },
    columns: { ...COMMON, ...columns },
    open(catalogs): StreamSource {
      const owners = new Map(
        catalogs.flatMap((catalog) => Object.keys(catalog.types).map((type) => [type, catalog] as const)),
      );
      return {
        settledPosition,
        count: (db, range) => countRange(db, range, types),
        fingerprint: (db, range) => fingerprintRange(db, range, types),
        read: (db, range) => readBatch(db, { ...range, types, owners, valuesOf }),
      };
    },
  };
}

interface BatchOptions extends PositionRange, Pick<EventExportOptions, "valuesOf"> {
  readonly limit: number;
  readonly types: readonly string[] | undefined;
  readonly owners: ReadonlyMap<string, EventCatalog>;
}

async function readBatch(
  db: Querier,
  { owners, valuesOf, ...range }: BatchOptions,
): Promise<StreamBatch> {
  const events = await readAllEvents(db, range);
  const last = events.at(-1);
  return {
    through: last === undefined || events.length < range.limit ? range.until : last.position,
    rows: events.map((stored) => {
      const catalog = owners.get(stored.type) ?? NONE;
      const event = withoutPersonal({ ...stored, ...newest(stored, catalog) }, catalog);
      const { position, type, recordedAt } = event;
      return {
        position,
        at: recordedAt,
        values: { position, type, recorded_at: recordedAt, ...valuesOf(event, catalog) },
      };
    }),
  };
}

/** @throws {CommandError} if this program does not know the event. */
function newest(stored: StoredEvent, { types }: EventCatalog): NewEvent {
  try {
    return upcast(stored, types);
  } catch (error) {
    if (!(error instanceof EventStoreError)) throw error;
    throw new CommandError(`${error.message}; export with the release that has recorded it`, {
      cause: error,
    });
  }
}

/** Returns an event whose personal fields are null, encrypted or not: files outlive the erasure of a person. */
function withoutPersonal(event: StoredEvent, { personal }: EventCatalog): StoredEvent {
  const fields = personal?.(event).flatMap((one) => one.fields) ?? [];
  return { ...event, data: { ...event.data, ...Object.fromEntries(fields.map((field) => [field, null])) } };
}

/** Catalog of the types that no service has, which cannot be read. */
const NONE: EventCatalog = {
  types: {},
  toJson: () => ({}),
  recipients: () => Promise.resolve([]),
};
