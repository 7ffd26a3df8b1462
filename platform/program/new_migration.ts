import { join } from "node:path";
import { fromRoot } from "./project.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { MigrationError } from "@archway/db/errors.ts";

/** Options of {@link newMigration}. */
export interface NewMigrationOptions {
  /** Service that owns the migration; the only source if undefined. */
  readonly service: string | undefined;
  /** Root directory of the repository. */
  readonly root: string;
  readonly now: Date;
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 100;

const TEMPLATE = "-- migrate:up\n\n\n-- migrate:down\n\n";

/**
 * Writes `<UTC timestamp>_<name>.sql` with empty up and down sections into the migration directory of a service.
 *
 * @returns its path relative to the root.
 * @throws {MigrationError} for an invalid name, an unknown or missing service, or a missing directory.
 */
export async function newMigration(
  sources: readonly MigrationSource[],
  name: string,
  { service, root, now }: NewMigrationOptions,
): Promise<string> {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new MigrationError(
      `Invalid migration name: use at most ${MAX_NAME_LENGTH} lowercase letters, digits and single underscores, ` +
        "starting with a letter, such as add_phone_numbers",
    );
  }
  const directory = fromRoot(chooseSource(sources, service).directory);
  const taken = await takenVersions(sources, root);
  const time = new Date(now);
  // Versions are unique even if two files are created within a second.
  while (taken.has(versionOf(time))) time.setSeconds(time.getSeconds() + 1);
  const path = join(directory, `${versionOf(time)}_${name}.sql`);
  try {
    await Deno.writeTextFile(join(root, path), TEMPLATE, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MigrationError(
      `Directory ${directory} not found; run this command at the root of the repository`,
    );
  }
  return path;
}

function chooseSource(sources: readonly MigrationSource[], service: string | undefined): MigrationSource {
  const names = sources.map(({ name }) => name).join(", ");
  if (service === undefined) {
    const [only, ...others] = sources;
    if (only !== undefined && others.length === 0) return only;
    throw new MigrationError(`--service is required; expected one of: ${names}`);
  }
  const found = sources.find(({ name }) => name === service);
  if (found === undefined) throw new MigrationError(`Unknown service; expected one of: ${names}`);
  return found;
}

async function takenVersions(
  sources: readonly MigrationSource[],
  root: string,
): Promise<ReadonlySet<string>> {
  const taken = new Set<string>();
  for (const { directory } of sources) {
    try {
      for await (const entry of Deno.readDir(join(root, fromRoot(directory)))) {
        taken.add(/^\d+/.exec(entry.name)?.[0] ?? "");
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return taken;
}

/** Returns the version of a time, such as "20261122094000". */
function versionOf(time: Date): string {
  return time.toISOString().replace(/\D/g, "").slice(0, 14);
}
