import type { Config } from "@archway/config/config.ts";
import type { Share } from "@archway/config/divide_limits.ts";
import { readTls } from "@archway/server/tls.ts";
import { removeAddress } from "./bind_datagram.ts";
import { boot } from "./boot.ts";
import { withConfigErrors } from "./open_rate_limit.ts";
import { print } from "./print.ts";
import { migrationSources, type Project } from "./project.ts";
import { sweepKeys } from "./sweep_keys.ts";
import { waitForStopSignal } from "./wait_for_stop_signal.ts";
import { welcome } from "./welcome.ts";
import { openWorkerLink } from "./workers/worker_link.ts";

/** Options of {@link serve}. */
export interface ServeOptions extends Project {
  /** Whether to print the greeting for developers, who run the program with --watch. */
  readonly greet: boolean;
  /** Process among several that a supervisor has started; undefined for one that serves alone. */
  readonly share?: Share | undefined;
}

/** Serves the API until a signal stops it, and closes everything in reverse order of opening. */
export async function serve(config: Config, { greet, share, ...project }: ServeOptions): Promise<number> {
  // With --watch, Deno would wait for the next change after a graceful stop, so Ctrl-C must end the process at once.
  const signaled = greet ? new Promise<never>(() => {}) : waitForStopSignal();
  const link = share && openWorkerLink();
  // Sent to all processes by name, or by a terminal that closes, SIGHUP is for the supervisor.
  if (link !== undefined) Deno.addSignalListener("SIGHUP", () => {});
  const stopped = link === undefined ? signaled : Promise.race([signaled, link.stopped]);
  // Fails early, before slow resources are opened.
  if (config.listener.tls !== undefined) await readTls(config.listener.tls);
  await using program = await boot(config, {
    ...project,
    development: greet,
    hasTool: share === undefined,
    share,
  });
  await using stack = new AsyncDisposableStack();
  const { logger, migrations, migrated, mounted } = program;
  // Loaded while the database connects.
  const { buildServer, developmentToken, openCallers } = await import("./build_server.ts");
  const callers = await openCallers(config, { program, stack });
  // One process of several does what needs to be done once.
  const isFirst = (share?.index ?? 0) === 0;
  const sweeper = stack.use(sweepKeys(config, program));
  migrated.then(() => isFirst && sweeper.start(), () => {});
  const inline = mounted.services.filter(({ background }) => isFirst && background?.inline);
  const server = stack.use(
    withConfigErrors(() => buildServer(config, { ...program, ...callers, project, link, servesTool: greet })),
  );
  const { auth, database } = config;
  program.tool?.inspect({
    pool: program.database.pool,
    services: mounted.services,
    migrations: migrationSources(project.services),
    hasReference: greet && config.documents && config.apiReference,
    ...(greet && auth.kind === "dev" && database.kind === "embedded" && {
      tokenOf: (subject: string): Promise<string> =>
        developmentToken(database.dataDirectory, { services: project.services, subject }),
    }),
    send: (request) => server.fetch(request, { clientAddress: "127.0.0.1" }),
  }, program.stopping);
  // Listens once migrations are applied. If that takes longer, it listens at once and /readyz reports the state.
  await Promise.race([migrated, migrations.waiting]);
  const metrics = program.openAdmin();
  const { url } = await server.listen();
  // Afterwards, as the first response does not need its modules. It starts once migrations are applied.
  const background = await program.openBackground(inline);
  if (link === undefined) await program.supervisor.notify("READY=1");
  else {
    await program.supervisor.notify(`X_LISTENING=1\nX_METRICS=${metrics ?? ""}`);
    migrated.then(() => program.supervisor.notify("READY=1"), () => {});
  }
  if (greet) {
    const folders = migrationSources(project.services).map(({ directory }) => directory);
    stack.use((await import("./report_migrations.ts")).reportMigrations(folders, logger));
    await print(
      Deno.stdout,
      welcome({
        url,
        database: program.database.description,
        project,
        mounted,
        documents: config.documents,
        reference: config.apiReference,
        ...(program.tool && { tool: program.tool.path }),
      }),
    );
  }
  // Ends on a signal or a failed migration.
  const signal = await Promise.race([stopped, migrated.then(() => stopped)]);
  if (signal === "orphaned") {
    logger.warn("The supervisor has ended, shutting down");
    // What it can no longer remove.
    removeAddress(config.supervisor?.socket ?? "");
  } else if (signal === "handover") logger.info("Another process takes over, shutting down");
  else logger.info("Received {signal}, shutting down", { signal });
  program.stop();
  // Events that the last requests put into the outbox are sent after the next start, or by another process.
  const shutdown = server.shutdown({ handover: signal === "handover" });
  await Promise.all([shutdown, ...background.map((work) => work[Symbol.asyncDispose]())]);
  return 0;
}
