import type { Config } from "@archway/config/config.ts";
import { boot } from "./boot.ts";
import type { Project } from "./project.ts";
import { waitForStopSignal } from "./wait_for_stop_signal.ts";

/** `worker`: does the background work of all services and answers no requests, until a signal stops it. */
export async function work(config: Config, project: Project): Promise<number> {
  const stopped = waitForStopSignal();
  await using program = await boot(config, project);
  const { logger, database, mounted, migrated, stopping } = program;
  await program.openBackground(mounted.services);
  let ready = false;
  program.openAdmin(() => ready);
  const started = migrated.then(() => {
    if (stopping.aborted) return;
    ready = true;
    logger.info("Background work runs on {database}", { database: database.description });
  });
  // A failed migration ends the program; otherwise the signal does.
  const signal = await Promise.race([stopped, started.then(() => stopped)]);
  logger.info("Stopping on {signal}", { signal });
  ready = false;
  program.stop();
  await started;
  return 0;
}
