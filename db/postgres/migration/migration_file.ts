import { createHash } from "node:crypto";
import type { MigrationSource } from "../../db.ts";
import { MigrationError } from "../../errors.ts";
import { decodeMigration } from "./decode_migration.ts";
import { type ParsedMigration, parseMigration } from "./parse_migration.ts";

/** Migration read from its file. */
export interface Migration extends ParsedMigration {
  /** Leading digits of the file name. */
  readonly version: string;
  readonly fileName: string;
  /** Owner as named in messages. */
  readonly source: string;
  /** SHA-256 of its text in hexadecimal digits, see {@link checksum}. */
  readonly sha256: string;
}

/**
 * Reads the migrations of all sources in order of file name, as dbmate does.
 *
 * @throws {MigrationError} when two have the same version or a file is not in dbmate's format.
 */
export async function readMigrations(sources: readonly MigrationSource[]): Promise<readonly Migration[]> {
  const migrations = (await Promise.all(sources.map(readSource))).flat();
  refuseDuplicates(migrations);
  return migrations.sort((left, right) => left.fileName < right.fileName ? -1 : 1);
}

/** Reads the files of a source at once: at a start, one after the other they would take longer than the database. */
async function readSource(source: MigrationSource): Promise<readonly Migration[]> {
  const entries = await Array.fromAsync(Deno.readDir(source.directory));
  const migrations = await Promise.all(entries.map((entry) => readEntry(entry, source)));
  return migrations.filter((migration) => migration !== undefined);
}

/** Reads an entry of a folder; undefined for one that is not a migration. */
async function readEntry(
  entry: Deno.DirEntry,
  { name, directory }: MigrationSource,
): Promise<Migration | undefined> {
  const { name: fileName } = entry;
  if (!/\.sql$/i.test(fileName) || !await isFile(directory, entry, name)) return undefined;
  if (!fileName.endsWith(".sql")) {
    throw new MigrationError(
      `Migration ${fileName} of ${name} would be ignored by dbmate: rename it to end in .sql, in lower case`,
    );
  }
  const version = /^(\d+)_/.exec(fileName)?.[1];
  if (version === undefined) {
    throw new MigrationError(
      `Migration ${fileName} of ${name} does not begin with a version and an underscore: rename it to <version>_<name>.sql`,
    );
  }
  const text = decodeMigration(await Deno.readFile(`${directory}/${fileName}`), `${fileName} of ${name}`);
  return {
    ...parseMigration(text, `${fileName} of ${name}`),
    version,
    fileName,
    source: name,
    sha256: checksum(text),
  };
}

/** Whether an entry of a folder is a file, or a symbolic link to one. */
async function isFile(directory: string, entry: Deno.DirEntry, source: string): Promise<boolean> {
  if (!entry.isSymlink) return entry.isFile;
  try {
    return (await Deno.stat(`${directory}/${entry.name}`)).isFile;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError(
      `Migration ${entry.name} of ${source} is a symbolic link that leads to no readable file: ${reason}`,
      { cause },
    );
  }
}

/**
 * Computes the SHA-256 that detects changes to an applied file. Ignores line endings, a byte order mark (no longer
 * accepted, but present in some older files) and trailing white space, which editors and version control change.
 */
export function checksum(text: string): string {
  const normalized = text.replace(/^\ufeff/, "").replace(/\r\n/g, "\n").trimEnd();
  return createHash("sha256").update(normalized, "utf8").digest("hex");
}

function refuseDuplicates(migrations: readonly Migration[]): void {
  const byVersion = new Map<string, Migration>();
  for (const migration of migrations) {
    const twin = byVersion.get(migration.version);
    if (twin !== undefined) {
      const names = [twin.fileName, migration.fileName].sort().join(" and ");
      throw new MigrationError(`Migrations ${names} have the same version`);
    }
    byVersion.set(migration.version, migration);
  }
}
