import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { MigrationManager, MigrationSource, MigrationStatus } from "@archway/db/db.ts";
import { UsageError } from "@archway/service_kit/command.ts";
import { lintSources } from "@archway/db/postgres/lint_migrations.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { type MigrateArguments, parseMigrateArguments } from "./migrate_arguments.ts";
import { migrationReporter } from "./migration_reporter.ts";
import { newMigration } from "./new_migration.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";
import { commandUsage } from "./usage.ts";

/** Options of the command `migrate`. */
export interface MigrateOptions {
  /** Name of the program, for messages. */
  readonly project: string;
  /** Reads the configuration. */
  readonly configure: () => StorageConfig;
  readonly sources: readonly MigrationSource[];
}

/**
 * `migrate`: applies, reverts, lists, checks or creates migrations of the configured database.
 *
 * @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments.
 */
export async function migrate(args: readonly string[], options: MigrateOptions): Promise<number> {
  const { project } = options;
  try {
    const parsed = parseMigrateArguments(args);
    if (parsed.action === "lint") return await lint(parsed.files, options);
    await print(Deno.stdout, await run(parsed, options));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      await print(Deno.stderr, `${project} migrate: ${error.message}\n${commandUsage(project, "migrate")}`);
      return 2;
    }
    if (!isDatabaseError(error)) throw error;
    await print(Deno.stderr, `${project} migrate: ${formatError(error)}\n`);
    return 1;
  }
}

/** Prints statements that block the running version or make it fail. Returns the exit code. */
async function lint(
  files: readonly string[] | "all" | "pending",
  { project, configure, sources }: MigrateOptions,
): Promise<number> {
  const names = files === "pending"
    ? await pendingFiles(configure(), sources)
    : files === "all"
    ? undefined
    : files;
  const { checked, findings } = await lintSources(sources, names);
  const count = `${checked} migration${checked === 1 ? "" : "s"}`;
  const lines = findings.map(({ fileName, line, rule, message }) =>
    `${fileName}:${line}: ${rule}: ${message}\n`
  );
  await print(Deno.stdout, lines.length === 0 ? `Nothing to report on ${count}\n` : lines.join(""));
  if (lines.length === 0) return 0;
  await print(
    Deno.stderr,
    `${project} migrate: ${lines.length} reported in ${count}, see docs/migrations.md\n`,
  );
  return 1;
}

async function pendingFiles(
  config: StorageConfig,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  await using database = await openDatabase(config, { use: "command" });
  return await database.pool.pendingMigrations(sources);
}

async function run(
  parsed: Exclude<MigrateArguments, { readonly action: "lint" }>,
  { configure, sources }: MigrateOptions,
): Promise<string> {
  if (parsed.action === "new") {
    const { name, service } = parsed;
    return `${await newMigration(sources, name, { service, root: Deno.cwd(), now: new Date() })}\n`;
  }
  await using database = await openDatabase(configure(), { use: "command" });
  const { pool } = database;
  if (parsed.action === "status") return statusText(await pool.migrationStatus(sources));
  if (parsed.dryRun) return await planText(pool, parsed, sources);
  return parsed.action === "up" ? await up(pool, sources) : await down(pool, parsed.count, sources);
}

async function up(migrations: MigrationManager, sources: readonly MigrationSource[]): Promise<string> {
  const planned = await migrations.pendingMigrations(sources);
  try {
    const applied = await migrations.migrate(sources, migrationReporter);
    return applied.length === 0 ? "Nothing to apply\n" : listed("Applied", applied);
  } catch (error) {
    // Migrations before the failed one are applied.
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
  const planned = await migrations.planMigrations(sources, { revert: count });
  try {
    const reverted = await migrations.revertMigrations(sources, count, migrationReporter);
    return reverted.length === 0 ? "Nothing to revert\n" : listed("Reverted", reverted);
  } catch (error) {
    // Those before the failed one are reverted.
    const pending = await migrations.pendingMigrations(sources).catch((): readonly string[] => []);
    const reverted = planned.map(({ fileName }) => fileName).filter((file) => pending.includes(file));
    await print(Deno.stdout, listed("Reverted", reverted));
    throw error;
  }
}

function listed(verb: string, files: readonly string[]): string {
  return files.map((file) => `${verb} ${file}\n`).join("");
}

async function planText(
  migrations: MigrationManager,
  parsed: Extract<MigrateArguments, { readonly dryRun: boolean }>,
  sources: readonly MigrationSource[],
): Promise<string> {
  const options = parsed.action === "down" ? { revert: parsed.count } : {};
  const steps = await migrations.planMigrations(sources, options);
  if (steps.length === 0) return `-- Nothing to ${parsed.action === "up" ? "apply" : "revert"}\n`;
  return steps.map(({ fileName, source, sql, inTransaction }) =>
    `-- ${fileName} of ${source}${inTransaction ? "" : ", outside a transaction"}\n${sql}\n`
  ).join("\n");
}

const MARKS: Readonly<Record<MigrationStatus["state"], readonly [mark: string, remark: string]>> = {
  applied: ["[X]", ""],
  changed: ["[X]", " (file changed since it was applied)"],
  missing: ["[X]", " (file missing)"],
  pending: ["[ ]", ""],
  "out-of-order": ["[ ]", " (older than the newest applied migration; `up` applies it)"],
};

/** Formats the status as dbmate does, with remarks in parentheses. */
function statusText(all: readonly MigrationStatus[]): string {
  const lines = all.map(({ version, fileName, state }) => {
    const [mark, remark] = MARKS[state];
    return `${mark} ${fileName ?? version}${remark}\n`;
  });
  const pending = all.filter(({ state }) => state === "pending" || state === "out-of-order").length;
  return `${lines.join("")}\nApplied: ${all.length - pending}\nPending: ${pending}\n`;
}
