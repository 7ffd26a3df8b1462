import { join } from "node:path";
import { baseBackup, giveTo } from "./base_backup.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import type { PostgresServer } from "./postgres_server.ts";
import { StandbyServer } from "./standby_server.ts";
import { prepareServer, type StartPostgresOptions } from "./start_postgres.ts";
import { startPrepared } from "./start_prepared.ts";

/**
 * Starts a hot standby of a running server. It streams over its Unix socket and takes reads. Like
 * other test servers, it ends with the process that started it.
 */
export async function startStandby(
  primary: PostgresServer,
  options: StartPostgresOptions = {},
): Promise<StandbyServer> {
  const binaries = await postgresBinaries();
  // One whose data stays goes on where it was.
  const id = options.dataDirectory === undefined ? crypto.randomUUID().replaceAll("-", "") : "kept";
  const slot = `standby_${id}`;
  const { host, port, user } = primary.instance;
  const settings = {
    hot_standby: "on",
    primary_conninfo: `host=${host} port=${port} user=${user} application_name=${slot}`,
    primary_slot_name: slot,
    wal_retrieve_retry_interval: "200ms",
    ...options.settings,
  };
  const prepared = await prepareServer({ ...options, settings }, async (data) => {
    await baseBackup(primary, data, { slot, owner: binaries.owner });
    await Deno.writeTextFile(join(data, "standby.signal"), "");
    await giveTo(binaries.owner, join(data, "standby.signal"));
  });
  return await startPrepared(prepared, (found) => new StandbyServer(found, binaries));
}
