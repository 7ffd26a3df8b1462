import { MigrationError } from "../../errors.ts";
import { findTransactionEnd } from "./transaction_end.ts";

/** Statements of one direction of a migration. */
export interface MigrationPart {
  readonly sql: string;
  /** Line of the file in which {@link MigrationPart.sql} begins, from 1. */
  readonly line: number;
  /** False if the mark is followed by `transaction:false`. */
  readonly inTransaction: boolean;
}

/** Parsed text of a migration. */
export interface ParsedMigration {
  readonly up: MigrationPart;
  /** Undefined if it cannot be reverted. */
  readonly down: MigrationPart | undefined;
}

interface Mark {
  readonly direction: string;
  readonly options: string;
  readonly start: number;
  readonly end: number;
}

const MARK = /^--[ \t]*migrate:(up|down)(?=\s|$)([^\n]*)$/gm;

/**
 * Parses a file in dbmate's format. It has `-- migrate:up`, statements, `-- migrate:down`, statements. Either mark may
 * be followed by `transaction:false`. Unlike with dbmate, the down part is optional.
 *
 * @param title Names the file in errors.
 * @throws {MigrationError} when dbmate would reject the file, or silently interpret it differently.
 */
export function parseMigration(text: string, title: string): ParsedMigration {
  if (text.startsWith("\ufeff")) {
    throw new MigrationError(
      `Migration ${title} begins with a byte order mark, which dbmate rejects: save it as UTF-8 without one`,
    );
  }
  const marks = [...text.matchAll(MARK)].map((
    { 0: all, 1: direction = "", 2: options = "", index },
  ): Mark => ({
    direction,
    options,
    start: index,
    end: index + all.length,
  }));
  const [up, down] = marks;
  if (up?.direction !== "up" || marks.length > 2 || (down !== undefined && down.direction !== "down")) {
    throw new MigrationError(
      `Migration ${title} needs one "-- migrate:up" followed by at most one "-- migrate:down"`,
    );
  }
  if (/^(?!\s*--)\s*\S/m.test(text.slice(0, up.start))) {
    throw new MigrationError(`Migration ${title} has statements before its "-- migrate:up"`);
  }
  const upPart = partOf(text, up, { end: down?.start, title });
  if (upPart === undefined) throw new MigrationError(`Migration ${title} is empty`);
  return { up: upPart, down: down && partOf(text, down, { title }) };
}

/**
 * Throws if the statements end the transaction that they share with the record of the migration: a later failure would
 * leave the file half applied, but recorded.
 */
export function refuseTransactionEnd({ sql, line, inTransaction }: MigrationPart, title: string): void {
  const end = inTransaction ? findTransactionEnd(sql) : undefined;
  if (end === undefined) return;
  const at = line + (sql.slice(0, end.offset).match(/\n/g)?.length ?? 0);
  throw new MigrationError(
    `Migration ${title} has ${end.statement} at line ${at}, but it runs in a transaction that ends with its record: ` +
      'remove the statement, or write "transaction:false" after the mark',
  );
}

function partOf(
  text: string,
  mark: Mark,
  { end, title }: { readonly end?: number | undefined; readonly title: string },
): MigrationPart | undefined {
  const options = mark.options.split(/\s+/).filter((option) => option !== "");
  for (const option of options) {
    if (!/^transaction:(true|false)$/.test(option)) {
      throw new MigrationError(
        `Migration ${title} has an option after "migrate:${mark.direction}" that is not transaction:false`,
      );
    }
  }
  const body = text.slice(mark.end, end);
  const sql = body.trim();
  if (sql === "") return undefined;
  const before = text.slice(0, mark.end + body.indexOf(sql));
  return { sql, line: before.split("\n").length, inTransaction: !options.includes("transaction:false") };
}
