import type { WorkConfig } from "@archway/config/config.ts";
import { boot } from "./boot.ts";
import type { Project } from "./project.ts";
import { sweepKeys } from "./sweep_keys.ts";
import { waitForStopSignal } from "./wait_for_stop_signal.ts";

/** `worker`: runs the background work of all services, without serving their APIs, until a signal stops it. */
export async function work(config: WorkConfig, project: Project): Promise<number> {
  const stopped = waitForStopSignal();
  await using program = await boot(config, project);
  // Where functions serve the API (lambda/), no other process removes expired keys.
  await using sweeper = sweepKeys(config, program);
  const { logger, database, mounted, migrated, stopping } = program;
  await program.openBackground(mounted.services);
  let ready = false;
  program.openAdmin(() => ready);
  const started = migrated.then(() => {
    if (stopping.aborted) return;
    ready = true;
    sweeper.start();
    void program.supervisor.notify("READY=1");
    logger.info("Running background work on {database}", { database: database.description });
  });
  // Ends on a signal or a failed migration.
  const signal = await Promise.race([stopped, started.then(() => stopped)]);
  logger.info("Received {signal}, shutting down", { signal });
  ready = false;
  program.stop();
  await started;
  return 0;
}
