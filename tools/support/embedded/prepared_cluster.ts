import { join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import { pgliteVersion } from "@archway/db/embedded/pglite_version.ts";
import { startEmbedded } from "@archway/db/embedded/start_embedded.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { migrationsKey } from "../migrations_key.ts";
import { once, temporaryDirectory } from "../once.ts";

/** Age at which a cluster that no test has asked for is removed. */
const maxAgeMs = 86_400_000;

/** Those of the three databases of a cluster that no session is in: two thirds of its files. */
const unused = ["base/1", "base/4"];

const cache = join(temporaryDirectory(), `archway_embedded_${pgliteVersion}_${Deno.uid() ?? "user"}`);

const prepared = new Map<string, Promise<string>>();

/**
 * The files of an embedded database in which the migrations were applied, to be copied: made once, however many
 * tests ask for them side by side, and kept for the next run.
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

/** Removes what earlier versions of the migrations left, and what a run left that was ended while it made one. */
async function removeOld(): Promise<void> {
  for (const { name, isDirectory } of Deno.readDirSync(cache)) {
    const { mtime } = await Deno.stat(join(cache, name));
    const isOld = mtime === null || Date.now() - mtime.getTime() > maxAgeMs;
    if (isDirectory && (isOld || name.includes("."))) {
      await Deno.remove(join(cache, name), { recursive: true });
    }
  }
}
