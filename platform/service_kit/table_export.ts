import type { Querier } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DayDigest, ExportColumn, ExportValue, TableExport, TableRow } from "./export_definition.ts";

/** Description of a table whose rows are exported. */
export interface TableExportOptions {
  readonly name: string;
  readonly description: string;
  /** Table or view with a primary key `id`. */
  readonly table: string;
  /** Exported columns, which have the names of the table's. */
  readonly columns: Readonly<Record<string, ExportColumn>>;
  /** Column with the time of creation, which never changes. @default "created_at" */
  readonly createdAt?: string;
}

/**
 * Defines a data set of the rows of a table, partitioned by the day of their creation. The digest of a day is a sum over
 * its rows, which also changes when a transaction commits late.
 */
export function tableExport(
  { name, description, table, columns, createdAt = "created_at" }: TableExportOptions,
): TableExport {
  const names = Object.keys(columns);
  const digest = `hashtextextended(row(${names.join(", ")})::text, 0)`;
  const days = `select to_char(${createdAt} at time zone 'UTC', 'YYYY-MM-DD') as day, count(*) as rows,
      sum(${digest})::text as digest
    from ${table} group by 1 order by 1`;
  const page = `select ${
    names.join(", ")
  }, ${digest} as row_digest, ${createdAt} as row_at, id::text as row_id
    from ${table}
    where ${createdAt} >= $1::timestamptz and ${createdAt} < $1::timestamptz + interval '1 day'
      and ($2::timestamptz is null or (${createdAt}, id) > ($2::timestamptz, $3::uuid))
    order by ${createdAt}, id limit $4`;
  return {
    kind: "table",
    ...{ name, description, columns },
    async readDays(db: Querier): Promise<readonly DayDigest[]> {
      const { rows } = await db.query<{ day: string; rows: bigint; digest: string }>(days);
      return rows.map((row) => ({ ...row, digest: BigInt(row.digest) }));
    },
    async readDay(db, { day, after, limit }): Promise<readonly TableRow[]> {
      const [at = null, id = null] = after ?? [];
      const { rows } = await db.query<PageRow>(page, [`${day}T00:00:00Z`, at, id, limit]);
      return rows.map(({ row_digest, row_at, row_id, ...values }) => ({
        ...{ at: row_at, digest: row_digest, key: [row_at, row_id], values },
      }));
    },
  };
}

interface PageRow extends Readonly<Record<string, ExportValue>> {
  readonly row_digest: bigint;
  readonly row_at: Timestamp;
  readonly row_id: string;
}
