import { join } from "node:path";
import { fromRoot } from "./project.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { MigrationError } from "@archway/db/errors.ts";

/** Where a migration is written, and when. */
export interface NewMigrationOptions {
  /** Whose it is; undefined: of the only source there is. */
  readonly service: string | undefined;
  /** The repository, which holds the folders of migrations. */
  readonly root: string;
  readonly now: Date;
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 100;

const TEMPLATE = "-- migrate:up\n\n\n-- migrate:down\n\n";

/**
 * Writes `<UTC timestamp>_<name>.sql` into the folder of a service with both marks, and gives its path from the root.
 *
 * @throws {MigrationError} when the name or the service will not do.
 */
export async function newMigration(
  sources: readonly MigrationSource[],
  name: string,
  { service, root, now }: NewMigrationOptions,
): Promise<string> {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new MigrationError(
      `The name of a migration is made of small letters, digits and single underscores, begins with a letter and has ` +
        `${MAX_NAME_LENGTH} characters at the most`,
    );
  }
  const folder = fromRoot(chooseSource(sources, service).directory);
  const taken = await takenVersions(sources, root);
  const time = new Date(now);
  // Two that are made within a second have versions of their own all the same.
  while (taken.has(versionOf(time))) time.setSeconds(time.getSeconds() + 1);
  const path = join(folder, `${versionOf(time)}_${name}.sql`);
  try {
    await Deno.writeTextFile(join(root, path), TEMPLATE, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new MigrationError(`There is no ${folder} here: run this at the root of the repository`);
  }
  return path;
}

function chooseSource(sources: readonly MigrationSource[], service: string | undefined): MigrationSource {
  const names = sources.map(({ name }) => name).join(", ");
  if (service === undefined) {
    const [only, ...others] = sources;
    if (only !== undefined && others.length === 0) return only;
    throw new MigrationError(`There are several services, so --service has to say which: ${names}`);
  }
  const found = sources.find(({ name }) => name === service);
  if (found === undefined) throw new MigrationError(`There is no such service; there is: ${names}`);
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

/** Such as "20261122094000". */
function versionOf(time: Date): string {
  return time.toISOString().replace(/\D/g, "").slice(0, 14);
}
