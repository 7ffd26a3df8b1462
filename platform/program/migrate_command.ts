import type { Config } from "@archway/config/config.ts";
import type { MigrationManager, MigrationSource, MigrationStatus } from "@archway/db/db.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { type MigrateArguments, MigrateArgumentsError, parseMigrateArguments } from "./migrate_arguments.ts";
import { newMigration } from "./new_migration.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";

const USAGE = `Usage: archway migrate up [--dry-run]
       archway migrate down [n] [--dry-run]
       archway migrate status
       archway migrate new <name> [--service <service>]
`;

/** What migrations are applied to, and which. */
export interface MigrateOptions {
  /** Reads the configuration. */
  readonly configure: () => Config;
  readonly sources: readonly MigrationSource[];
}

/**
 * `archway migrate`: applies, undoes, shows and makes migrations of the configured database.
 *
 * @returns the exit code: 0 done, 1 failed, 2 not understood.
 */
export async function migrate(args: readonly string[], options: MigrateOptions): Promise<number> {
  try {
    await print(Deno.stdout, await run(parseMigrateArguments(args), options));
    return 0;
  } catch (error) {
    if (error instanceof MigrateArgumentsError) {
      await print(Deno.stderr, `archway migrate: ${error.message}\n${USAGE}`);
      return 2;
    }
    if (!isDatabaseError(error)) throw error;
    await print(Deno.stderr, `archway migrate: ${formatError(error)}\n`);
    return 1;
  }
}

async function run(asked: MigrateArguments, { configure, sources }: MigrateOptions): Promise<string> {
  if (asked.action === "new") {
    const { name, service } = asked;
    return `${await newMigration(sources, name, { service, root: Deno.cwd(), now: new Date() })}\n`;
  }
  await using database = await openDatabase(configure());
  const { pool } = database;
  if (asked.action === "status") return statusText(await pool.migrationStatus(sources));
  if (asked.dryRun) return await planText(pool, asked, sources);
  return asked.action === "up" ? await up(pool, sources) : await down(pool, asked.count, sources);
}

async function up(migrations: MigrationManager, sources: readonly MigrationSource[]): Promise<string> {
  const planned = await migrations.pendingMigrations(sources);
  try {
    const applied = await migrations.migrate(sources);
    return applied.length === 0 ? "Nothing to apply\n" : listed("Applied", applied);
  } catch (error) {
    // What came before the one that failed is applied.
    const pending = await migrations.pendingMigrations(sources).catch(() => planned);
    await print(Deno.stdout, listed("Applied", planned.filter((file) => !pending.includes(file))));
    throw error;
  }
}

async function down(
  migrations: MigrationManager,
  count: number,
  sources: readonly MigrationSource[],
): Promise<string> {
  const undone = await migrations.undoMigrations(sources, count);
  return undone.length === 0 ? "Nothing to undo\n" : listed("Undone", undone);
}

function listed(what: string, files: readonly string[]): string {
  return files.map((file) => `${what} ${file}\n`).join("");
}

async function planText(
  migrations: MigrationManager,
  asked: Extract<MigrateArguments, { readonly dryRun: boolean }>,
  sources: readonly MigrationSource[],
): Promise<string> {
  const options = asked.action === "down" ? { undo: asked.count } : {};
  const steps = await migrations.planMigrations(sources, options);
  if (steps.length === 0) return `-- Nothing to ${asked.action === "up" ? "apply" : "undo"}\n`;
  return steps.map(({ fileName, source, sql, inTransaction }) =>
    `-- ${fileName} of ${source}${inTransaction ? "" : ", outside of a transaction"}\n${sql}\n`
  ).join("\n");
}

const MARKS: Readonly<Record<MigrationStatus["state"], readonly [mark: string, remark: string]>> = {
  applied: ["[X]", ""],
  changed: ["[X]", " (the file has changed since it was applied)"],
  missing: ["[X]", " (applied, and there is no file any more)"],
  pending: ["[ ]", ""],
  "out-of-order": ["[ ]", " (older than the newest that is applied; will be applied all the same)"],
};

/** As dbmate prints it, and what it does not tell in parentheses. */
function statusText(all: readonly MigrationStatus[]): string {
  const lines = all.map(({ version, fileName, state }) => {
    const [mark, remark] = MARKS[state];
    return `${mark} ${fileName ?? version}${remark}\n`;
  });
  const pending = all.filter(({ state }) => state === "pending" || state === "out-of-order").length;
  return `${lines.join("")}\nApplied: ${all.length - pending}\nPending: ${pending}\n`;
}
