import { readWorkConfig } from "@archway/config/config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";
import type { MountedService } from "@archway/service_kit/service_module.ts";
import { mountServices } from "./mount_services.ts";
import type { Project } from "./project.ts";

/** Server of a pool that is never used: a pool connects on demand, and mounting needs no statement. */
const UNUSED = { host: "127.0.0.1", port: 1, user: "none", password: "none", database: "none" };

/** Mounts the services of a program with default settings and without a database, for what describes them. */
export async function mountUnconnected({ services }: Project): Promise<readonly MountedService[]> {
  await using pool = openPool({ primary: { ...UNUSED, maxConnections: 1 }, replicas: [] });
  const defaults = new EnvironmentReader(() => undefined);
  return mountServices(readWorkConfig(defaults, { services }), {
    services,
    database: { pool, hmacSecrets: ["of a program that signs nothing"] },
    logger: SILENT_LOGGER,
    telemetry: { metrics: undefined, tracer: UNTRACED },
  }).services;
}
