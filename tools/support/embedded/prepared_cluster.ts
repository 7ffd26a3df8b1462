import { join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import { pgliteVersion } from "@archway/db/embedded/pglite_version.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { migrationsKey } from "../migrations_key.ts";
import { once, temporaryDirectory } from "../once.ts";

/** Age after which an unused cluster is removed, in milliseconds. */
const maxAgeMs = 86_400_000;

/** Databases of a cluster that no session uses: two thirds of its files. */
const unused = ["base/1", "base/4"];

const cache = join(temporaryDirectory(), `archway_clusters_${pgliteVersion}_${Deno.uid() ?? "user"}`);

const prepared = new Map<string, Promise<string>>();

/**
 * Returns the directory of a migrated embedded database, to be copied. It is created once, even for concurrent tests, and
 * cached for later runs.
 */
export async function preparedCluster(migrations: readonly MigrationSource[]): Promise<string> {
  const key = await migrationsKey(migrations);
  const cluster = prepared.get(key) ?? find(key, migrations);
  prepared.set(key, cluster);
  return await cluster;
}

async function find(key: string, migrations: readonly MigrationSource[]): Promise<string> {
  await Deno.mkdir(cache, { recursive: true, mode: 0o700 });
  using lock = await Deno.open(join(cache, "lock"), { create: true, write: true });
  await lock.lock(true);
  await removeOld();
  const directory = join(cache, key);
  await once(directory, (beside) => make(beside, migrations));
  await Deno.utime(directory, new Date(), new Date());
  return join(directory, "cluster");
}

async function make(directory: string, migrations: readonly MigrationSource[]): Promise<void> {
  {
    await using database = await startEmbedded({ dataDirectory: directory });
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await pool.migrate(migrations);
  }
  for (const folder of unused) await Deno.remove(join(directory, "cluster", folder), { recursive: true });
}

/** Removes clusters of earlier migrations, and incomplete ones of interrupted runs. */
async function removeOld(): Promise<void> {
  for (const { name, isDirectory } of Deno.readDirSync(cache)) {
    const { mtime } = await Deno.stat(join(cache, name));
    const isOld = mtime === null || Date.now() - mtime.getTime() > maxAgeMs;
    if (isDirectory && (isOld || name.includes("."))) {
      await Deno.remove(join(cache, name), { recursive: true });
    }
  }
}
