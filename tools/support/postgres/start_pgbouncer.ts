import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { ManagedProcess } from "../managed_process.ts";
import { locatePgbouncer } from "./locate_pgbouncer.ts";
import { temporaryDirectory } from "../once.ts";
import { postgresBinaries } from "./postgres_binaries.ts";
import type { Owner } from "./run_as.ts";

/** Options of {@link startPgbouncer}. */
export interface StartPgbouncerOptions {
  /** Lines of the section [pgbouncer] in pgbouncer.ini; those that a test requires follow it. */
  readonly ini?: string;
  /** Options of the database's entry in the section [databases], e.g. `connect_query='…'`. */
  readonly databaseOptions?: string;
}

const PORT = 6432;

/** Starts PgBouncer in front of a server with trust authentication on its Unix socket. */
export async function startPgbouncer(
  server: InstanceConfig,
  { ini = "", databaseOptions = "" }: StartPgbouncerOptions = {},
): Promise<Pgbouncer> {
  const program = await locatePgbouncer();
  if (program === undefined) throw new Error("PgBouncer is not installed");
  const { owner } = await postgresBinaries();
  const folder = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_pgbouncer_" });
  await Deno.writeTextFile(
    join(folder, "pgbouncer.ini"),
    `[databases]
${server.database} = host=${server.host} port=${server.port} ${databaseOptions}
[pgbouncer]
${ini}
listen_addr =
listen_port = ${PORT}
unix_socket_dir = ${folder}
auth_type = trust
auth_file = ${join(folder, "users")}
pidfile = ${join(folder, "pid")}
`,
  );
  await Deno.writeTextFile(join(folder, "users"), `"${server.user}" ""\n`);
  if (owner !== undefined) await Deno.chown(folder, owner.uid, owner.gid);
  const pgbouncer = new Pgbouncer({ ...server, host: folder, port: PORT }, { program, owner });
  if (await pgbouncer.start()) return pgbouncer;
  const log = await pgbouncer.log();
  await pgbouncer[Symbol.asyncDispose]();
  throw new Error(`Starting PgBouncer failed: ${log}`);
}

/** Real PgBouncer on a Unix socket. */
export class Pgbouncer extends ManagedProcess {
  /** Address of the server's database through it. */
  readonly instance: InstanceConfig;

  constructor(
    instance: InstanceConfig,
    { program, owner }: { readonly program: string; readonly owner: Owner | undefined },
  ) {
    const folder = instance.host;
    super({
      program,
      args: [join(folder, "pgbouncer.ini")],
      folder,
      listensAt: { transport: "unix", path: join(folder, `.s.PGSQL.${PORT}`) },
      owner,
    });
    this.instance = instance;
  }

  override async kill(): Promise<void> {
    await super.kill();
    // The stale file would be taken for a running process.
    await Deno.remove(join(this.instance.host, "pid"));
  }
}
