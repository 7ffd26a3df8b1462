import type { Querier } from "@archway/db/db.ts";
import type { DataSubject, PersonalDataSource, PersonalRecord } from "@archway/service_kit/personal_data.ts";

const ABOUT_ERASURES =
  "select id, requested_at, completed_at from erasures where subject = $1 order by requested_at";
const ABOUT_KEY = "select created_at, destroyed_at from subject_keys where subject = $1";

/** Numbers of records of a table. */
export interface RecordCounts {
  readonly records: number;
  /** Those with data that an erasure would remove. */
  readonly personal: number;
}

/**
 * Writes everything about a person as one JSON document: an array of records, each with the table where it stands. Writes
 * nothing if there is nothing.
 *
 * @returns the numbers of records by table.
 */
export async function exportSubject(
  db: Querier,
  subject: DataSubject,
  { sources, write }: {
    readonly sources: readonly PersonalDataSource[];
    readonly write: (text: string) => Promise<void>;
  },
): Promise<ReadonlyMap<string, RecordCounts>> {
  const counts = new Map<string, RecordCounts>();
  const head = `{"subject":${JSON.stringify(subject.id)},"exportedAt":"${subject.now}","records":[`;
  const record = async ({ table, data, isPersonal }: PersonalRecord): Promise<void> => {
    const text = JSON.stringify({ table, data }, jsonValue).replaceAll(CONTROLS, escaped);
    await write(`${counts.size === 0 ? head : ","}\n${text}`);
    const { records, personal } = counts.get(table) ?? { records: 0, personal: 0 };
    counts.set(table, { records: records + 1, personal: personal + (isPersonal ? 1 : 0) });
  };
  for (const source of sources) {
    for await (const one of source.export(db, subject)) await record(one);
  }
  for (const [table, query] of [["subject_keys", ABOUT_KEY], ["erasures", ABOUT_ERASURES]] as const) {
    const { rows } = await db.query<Record<string, unknown>>(query, [subject.id]);
    for (const data of rows) {
      await record({ table, data, isPersonal: table === "subject_keys" && data["destroyed_at"] === null });
    }
  }
  if (counts.size > 0) await write("\n]}\n");
  return counts;
}

/** Control characters that JSON allows and terminals interpret (ECMA-48, C1). */
const CONTROLS = /[\u007f-\u009f]/g;

function escaped(control: string): string {
  return `\\u00${control.charCodeAt(0).toString(16)}`;
}

/** Returns values that JSON has no form for: large integers as text. */
function jsonValue(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
