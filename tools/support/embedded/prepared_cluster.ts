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
  const key = migrationsKey(migrations);
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
  await removeWal(join(directory, "cluster"));
}

/** Place of the last checkpoint in `pg_control` (PostgreSQL, `ControlFileData`). */
const checkpointOffset = 32;

/**
 * Removes the write-ahead log but for the segments with the checkpoint of the shutdown. Those with higher numbers are empty:
 * the server recycles old segments by renaming them.
 */
async function removeWal(cluster: string): Promise<void> {
  const folder = join(cluster, "pg_wal");
  const control = await Deno.readFile(join(cluster, "global/pg_control"));
  const checkpoint = new DataView(control.buffer).getBigUint64(checkpointOffset, true);
  for await (const { name } of Deno.readDir(folder)) {
    if (!/^[0-9A-F]{24}$/.test(name)) continue;
    const path = join(folder, name);
    const size = BigInt((await Deno.stat(path)).size);
    const [log, part] = [BigInt(`0x${name.slice(8, 16)}`), BigInt(`0x${name.slice(16)}`)];
    const start = (log << 32n) + part * size;
    // The record of the checkpoint may end in the next segment.
    if (start + size <= checkpoint || start > checkpoint + size) await Deno.remove(path);
  }
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
