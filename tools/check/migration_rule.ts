import { lintMigrations } from "@archway/db/postgres/lint_migrations.ts";
import type { Migration } from "@archway/db/postgres/migration/migration_file.ts";
import { parseMigration } from "@archway/db/postgres/migration/parse_migration.ts";

const MIGRATION = /^(.*)\/migrations\/((\d+)_[^/]+\.sql)$/;

/** Returns a line for every statement of a migration that `migrate lint` reports. */
export async function reportedMigrations(texts: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const paths = new Map<string, string>();
  const migrations: Migration[] = [];
  for (const [path, text] of texts) {
    const [, source = "", fileName = "", version = ""] = MIGRATION.exec(path) ?? [];
    if (fileName === "") continue;
    paths.set(fileName, path);
    migrations.push({ ...parseMigration(text, path), version, fileName, source, sha256: "" });
  }
  migrations.sort((left, right) => left.fileName < right.fileName ? -1 : 1);
  return (await lintMigrations(migrations)).map(({ fileName, line, rule, message }) =>
    `${paths.get(fileName) ?? fileName}:${line}: ${rule}: ${message}`
  );
}
