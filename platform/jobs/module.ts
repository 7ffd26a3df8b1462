import { join } from "node:path";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { jobsCommand } from "./command/jobs_command.ts";
import { JOBS_SETTINGS, readJobsConfig } from "./jobs_config.ts";

/** Service module of jobs: background work that services enqueue in their transactions. */
export const jobsModule = defineService({
  name: "jobs",
  migrations: join(import.meta.dirname ?? ".", "migrations"),
  settings: JOBS_SETTINGS,
  commands: [jobsCommand],
  configure: readJobsConfig,
  mount: (): MountedService => ({}),
});
