import type { DatabaseCatalog } from "./database_catalog.ts";
import { statementLine } from "./dump_format.ts";
import { restoreStatements } from "./suspend_rules.ts";

const NAME = "[a-z_][a-z0-9_]*";
const TABLE = `${NAME}(?:\\.${NAME})?`;
const ROW = "\\((?:L|NULL)(?:, (?:L|NULL))*\\)";

/** Statements without their literals, which are L, and with quoted names as n. */
const FORMS: readonly RegExp[] = [
  `INSERT INTO ${TABLE} \\(${NAME}(?:, ${NAME})*\\) OVERRIDING SYSTEM VALUE VALUES ${ROW}(?:, ${ROW})*`,
  `INSERT INTO ${TABLE} SELECT FROM generate_series\\(1, \\d+\\)`,
  `DELETE FROM ONLY ${TABLE}`,
  `REFRESH MATERIALIZED VIEW ${TABLE}`,
  "SELECT setval\\(L, -?\\d+, (?:true|false)\\)",
  `ALTER TABLE ${TABLE} (?:ALTER CONSTRAINT ${NAME} (?:NOT )?ENFORCED|DROP CONSTRAINT ${NAME})`,
  `ALTER TABLE ${TABLE} (?:ENABLE|DISABLE)(?: REPLICA| ALWAYS)? TRIGGER (?:USER|${NAME})`,
  `ALTER TABLE ${TABLE} (?:NO )?FORCE ROW LEVEL SECURITY`,
].map((form) => new RegExp(`^${form};$`));

/**
 * Returns a function that reports whether a line is a statement that dumps have. Restoring runs the lines with the rights
 * of the role, so that calls of functions and other commands could reach programs and files of the server.
 *
 * @param catalog Target, whose rules a dump may restore by their definitions.
 */
export function dumpStatements(catalog: DatabaseCatalog): (line: string) => boolean {
  const rules = new Set(restoreStatements(catalog).map(statementLine));
  return (line) => {
    if (rules.has(line)) return true;
    const form = formOf(line);
    return form !== undefined && FORMS.some((each) => each.test(form));
  };
}

/** Returns a statement with L for each literal, and n for each quoted name; undefined if one has no end. */
function formOf(line: string): string | undefined {
  const parts: string[] = [];
  let start = 0;
  for (let open = nextQuote(line, 0); open !== -1; open = nextQuote(line, start)) {
    // With backslashes as escapes, see sqlLiteral.
    const escapes = line[open] === "'" && line[open - 1] === "E";
    const end = endOf(line, open, escapes);
    if (end === undefined) return undefined;
    parts.push(line.slice(start, escapes ? open - 1 : open), line[open] === "'" ? "L" : "n");
    start = end;
  }
  return [...parts, line.slice(start)].join("");
}

function nextQuote(line: string, from: number): number {
  const quote = /['"]/g;
  quote.lastIndex = from;
  return quote.exec(line)?.index ?? -1;
}

/** Returns the place behind a literal or a quoted name. */
function endOf(line: string, open: number, escapes: boolean): number | undefined {
  const quote = line[open] ?? "";
  let start = open + 1;
  let backslash = escapes ? line.indexOf("\\", start) : -1;
  for (;;) {
    const close = line.indexOf(quote, start);
    if (close === -1) return undefined;
    if (backslash !== -1 && backslash < close) {
      start = backslash + 2;
      backslash = line.indexOf("\\", start);
    } else if (line[close + 1] === quote) {
      start = close + 2;
    } else return close + 1;
  }
}
