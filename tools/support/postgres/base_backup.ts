import { join } from "node:path";
import postgres from "postgres";
import type { PostgresServer } from "./postgres_server.ts";
import type { Owner } from "./run_as.ts";

/** Files that a base backup excludes (PostgreSQL, "Making a Base Backup"). */
const leftOut = new Set(["postmaster.pid", "postmaster.opts", "pg_internal.init"]);
const emptied = new Set(["pg_wal", "pg_replslot", "pg_stat_tmp", "pg_notify", "pg_subtrans", "pgsql_tmp"]);

/**
 * Copies the data directory of a running server with the low-level backup functions. It reserves a replication slot, so
 * that the server retains the WAL that the copy needs.
 */
export async function baseBackup(
  server: PostgresServer,
  to: string,
  { slot, owner }: { readonly slot: string; readonly owner: Owner | undefined },
): Promise<void> {
  const { host, port, user, password, database } = server.instance;
  // One connection, since a backup belongs to its session.
  const sql = postgres({ host, port, user, password, database, max: 1, onnotice: () => {} });
  try {
    await sql`SELECT pg_create_physical_replication_slot(${slot}, true)`;
    await sql`SELECT pg_backup_start(${slot}, fast => true)`;
    await copyDirectory(server.dataDirectory, to, owner);
    const [files] = await sql<{ labelfile: string; spcmapfile: string }[]>`
      SELECT labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)`;
    await Deno.writeTextFile(join(to, "backup_label"), files?.labelfile ?? "");
    await giveTo(owner, join(to, "backup_label"));
  } finally {
    await sql.end();
  }
}

async function copyDirectory(from: string, to: string, owner: Owner | undefined): Promise<void> {
  await Deno.mkdir(to, { mode: 0o700 });
  await giveTo(owner, to);
  // Slots are folders: a standby with that of the server would retain its log for no one.
  if (emptied.has(from.slice(from.lastIndexOf("/") + 1))) return;
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (leftOut.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    // Slots are directories. Those of the other server would retain WAL, and use up the number that is allowed.
    if (isDirectory && from.endsWith("/pg_replslot")) continue;
    if (isDirectory) await copyDirectory(source, target, owner);
    else await copyFile(source, target, owner);
  }
}

async function copyFile(source: string, target: string, owner: Owner | undefined): Promise<void> {
  try {
    await Deno.copyFile(source, target);
    await giveTo(owner, target);
  } catch (error) {
    // The server is running: the WAL contains what it removes in the meantime.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Changes the owner of a file to the user that runs PostgreSQL. */
export async function giveTo(owner: Owner | undefined, path: string): Promise<void> {
  if (owner !== undefined) await Deno.chown(path, owner.uid, owner.gid);
}
