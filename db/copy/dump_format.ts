import { DumpError } from "./dump_error.ts";
import { sqlLiteral } from "./sql_literal.ts";

/**
 * Format of a dump. It is a script for psql in which every statement is one line. Comments at its beginning have the
 * format and the applied migrations; the last line has the number of rows, so that a part of a dump is detected.
 */
const dumpFormat = 1;

/** Applied migration of a dumped database. */
export interface DumpedMigration {
  readonly version: string;
  /** Undefined if another program has applied it. */
  readonly sha256: string | undefined;
}

const FIRST = "-- Archway dump, format ";

/** Returns the lines before the first statement. */
export function dumpHeader(
  migrations: readonly DumpedMigration[],
  { server, now }: { readonly server: string; readonly now: Date },
): readonly string[] {
  return [
    `${FIRST}${dumpFormat}`,
    `-- Made at ${now.toISOString()} by PostgreSQL ${server}`,
    "-- Rows of the tables that these migrations create. Restore with `db restore`, or with psql after `migrate up`.",
    ...migrations.map(({ version, sha256 }) =>
      `-- migration ${version}${sha256 === undefined ? "" : ` ${sha256}`}`
    ),
  ];
}

/** Returns the line of a statement. Definitions of constraints may have line breaks, which are white space or in a literal. */
export function statementLine(sql: string): string {
  if (sql.includes("\n") || sql.includes("\r")) {
    return `DO ${sqlLiteral(`BEGIN EXECUTE ${sqlLiteral(sql)}; END`)};`;
  }
  return `${sql};`;
}

/** Returns the last line. */
export function dumpTrailer(rows: number): string {
  return `-- End of dump: ${rows} rows`;
}

/** Checks the first line of a dump. @throws {DumpError} for text that is no dump of this program. */
export function checkFirstLine(line: string | undefined): void {
  if (line === undefined || !line.startsWith(FIRST)) {
    throw new DumpError("The input is not a dump of this program: it does not begin with its format");
  }
  const format = line.slice(FIRST.length).trim();
  if (format !== String(dumpFormat)) {
    throw new DumpError(`The dump has the format ${format}, but this program reads ${dumpFormat}`);
  }
}

/** Returns the migration that a line of the header names; undefined for other lines. */
export function migrationOf(line: string): DumpedMigration | undefined {
  const [, version, sha256] = /^-- migration (\d+)(?: ([0-9a-f]{64}))?$/.exec(line) ?? [];
  return version === undefined ? undefined : { version, sha256 };
}

/** Returns the number of rows in the last line of a dump; undefined for other lines. */
export function rowsOf(line: string): number | undefined {
  const rows = /^-- End of dump: (\d+) rows$/.exec(line)?.[1];
  return rows === undefined ? undefined : Number(rows);
}
