import { MigrationError } from "../../errors.ts";

/** Statements to be sent to the server as they are. */
export interface MigrationPart {
  readonly sql: string;
  /** The line of the file that {@link MigrationPart.sql} begins in, from 1. */
  readonly line: number;
  /** false: `transaction:false` stands behind the mark. */
  readonly inTransaction: boolean;
}

/** A migration's text, taken apart. */
export interface ParsedMigration {
  readonly up: MigrationPart;
  /** undefined: it cannot be undone. */
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
 * Takes a file in dbmate's format apart: `-- migrate:up`, statements, `-- migrate:down`, statements. Either mark may
 * be followed by `transaction:false`. Other than dbmate it lets the down part be absent.
 *
 * @param title Names the file in errors.
 * @throws {MigrationError} where dbmate would refuse the file, or silently read something else than stands there.
 */
export function parseMigration(text: string, title: string): ParsedMigration {
  if (text.startsWith("\ufeff")) {
    throw new MigrationError(
      `Migration ${title} begins with a byte order mark, which dbmate does not take: save it as UTF-8 without one`,
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
      `Migration ${title} needs one "-- migrate:up" and after it at most one "-- migrate:down"`,
    );
  }
  if (/^(?!\s*--)\s*\S/m.test(text.slice(0, up.start))) {
    throw new MigrationError(`Migration ${title} has statements before its "-- migrate:up"`);
  }
  const upPart = partOf(text, up, { end: down?.start, title });
  if (upPart === undefined) throw new MigrationError(`Migration ${title} is empty`);
  return { up: upPart, down: down && partOf(text, down, { title }) };
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
