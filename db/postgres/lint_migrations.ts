import { hasSqlDetails, type ParseResult } from "libpg-query";
import type { MigrationSource } from "../db.ts";
import { MigrationError } from "../errors.ts";
import { type Migration, readMigrations } from "./migration/migration_file.ts";
import { type LintRule, type LintRuleName, lintRules } from "./migration_lint/lint_rules.ts";
import { lintStatement } from "./migration_lint/lint_statement.ts";
import type { Reported } from "./migration_lint/lint_table_change.ts";
import { SchemaHistory } from "./migration_lint/schema_history.ts";

/** A statement that a rule reports. */
export interface LintFinding {
  readonly fileName: string;
  /** Owner of the file as named in messages. */
  readonly source: string;
  /** Line in the file, from 1. */
  readonly line: number;
  readonly rule: LintRuleName;
  /** One line: the object, the problem, and what to write instead. */
  readonly message: string;
}

/** Result of {@link lintSources}. */
export interface LintReport {
  /** Number of files that were checked. */
  readonly checked: number;
  readonly findings: readonly LintFinding[];
}

/**
 * Reads the migrations of all sources and reports on some by file name, or on all, see {@link lintMigrations}.
 *
 * @throws {MigrationError} when a file does not exist or is not in dbmate's format.
 */
export async function lintSources(
  sources: readonly MigrationSource[],
  files?: readonly string[],
): Promise<LintReport> {
  const all = await readMigrations(sources);
  const names = new Set(all.map(({ fileName }) => fileName));
  const unknown = files?.find((name) => !names.has(name));
  if (unknown !== undefined) throw new MigrationError(`No service has a migration ${unknown}`);
  const checked = files === undefined ? names : new Set(files);
  // Files before them are read, too: constraints that they add make later statements harmless.
  const findings = (await lintMigrations(all)).filter(({ fileName }) => checked.has(fileName));
  return { checked: checked.size, findings };
}

/**
 * Reports statements that block the running version of the service or make it fail, in the up parts of migrations in their
 * order. Statements are parsed by PostgreSQL's own parser; those inside of functions and DO blocks are not examined. A
 * comment `-- lint:allow <rule>: <reason>` before a statement allows it.
 */
export async function lintMigrations(
  migrations: readonly Migration[],
): Promise<readonly LintFinding[]> {
  // Loaded here, since no other command needs a megabyte of WebAssembly.
  const { parse } = await import("libpg-query");
  const history = new SchemaHistory();
  const findings: LintFinding[] = [];
  for (const migration of migrations) {
    const report = (finding: Located): void => {
      const { fileName, source, up } = migration;
      const line = up.line + lineBreaks(finding.before);
      findings.push({ fileName, source, line, rule: finding.rule, message: messageOf(finding) });
    };
    let parsed: ParseResult;
    try {
      parsed = await parse(migration.up.sql);
    } catch (error) {
      if (!hasSqlDetails(error)) throw error;
      const before = migration.up.sql.slice(0, error.sqlDetails?.cursorPosition ?? 0);
      report({ rule: "syntax", object: error.message, before });
      continue;
    }
    history.beginFile();
    for (const finding of lintFile(parsed, { migration, history })) report(finding);
  }
  return findings;
}

/** Something that is reported, with the text of the file before it. */
interface Located {
  readonly rule: LintRuleName;
  readonly object: string;
  readonly before: string;
}

function* lintFile(
  { stmts = [] }: ParseResult,
  { migration: { up }, history }: { readonly migration: Migration; readonly history: SchemaHistory },
): Generator<Located> {
  // The parser counts bytes.
  const bytes = new TextEncoder().encode(up.sql);
  const decoder = new TextDecoder();
  let end = 0;
  for (const { stmt, stmt_location: start = 0, stmt_len: length = 0 } of stmts) {
    // White space and comments, after the semicolon of the statement before.
    const gap = decoder.decode(bytes.subarray(end, start));
    end = start + length;
    if (stmt === undefined) continue;
    const before = decoder.decode(bytes.subarray(0, start));
    const reported = [
      ...lintStatement(stmt, { history, inTransaction: up.inTransaction || stmts.length > 1 }),
    ];
    for (const [rule, object] of allowed(reported, gap)) yield { rule, object, before };
  }
}

const ALLOW = /^[ \t;]*--\s*lint:allow\b[ \t]*([\w-]*)[ \t]*(?::[ \t]*(\S.*))?/gm;

/** Removes what the comments before a statement allow, and reports comments that allow nothing. */
function allowed(reported: readonly Reported[], comments: string): readonly Reported[] {
  const useless: Reported[] = [];
  const rules = new Set<string>();
  for (const [, rule = "", reason] of comments.matchAll(ALLOW)) {
    if (!Object.hasOwn(lintRules, rule)) useless.push(["allow", `no rule is named ${JSON.stringify(rule)}`]);
    else if (reason === undefined) useless.push(["allow", `${rule} is allowed without a reason`]);
    else if (reported.every(([name]) => name !== rule)) {
      useless.push(["allow", `nothing is reported by ${rule}`]);
    } else rules.add(rule);
  }
  return [...reported.filter(([rule]) => !rules.has(rule)), ...useless];
}

function messageOf({ rule, object }: Located): string {
  const { problem, instead, isAllowed = false }: LintRule = lintRules[rule];
  const comment = isAllowed ? ` by "-- lint:allow ${rule}: <reason>" before it` : "";
  return `${object}: ${problem}; ${instead}${comment}`;
}

function lineBreaks(text: string): number {
  return text.match(/\n/g)?.length ?? 0;
}
