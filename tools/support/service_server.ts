import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { type MountedServices, mountServices } from "@archway/program/mount_services.ts";
import { type Logger, SILENT_LOGGER } from "@archway/server/logger.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import {
  type ServerOption,
  withApi,
  withIdempotency,
  withLogger,
  withResponseValidation,
} from "@archway/server/server_options.ts";
import { UNTRACED } from "@archway/service_kit/observed_work.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/** Options of {@link serviceServer}. */
export interface ServiceServerOptions {
  readonly services: readonly ServiceModule[];
  /** Returns the current time, with microseconds. @default that of the system */
  readonly now?: (() => Timestamp) | undefined;
  /** Secrets of HMAC_SECRET, the one that signs first. @default one of the tests */
  readonly hmacSecrets?: readonly [string, ...string[]];
  /** Settings of services. @default {{}} */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether services behave as for a developer. @default {false} */
  readonly development?: boolean;
  /** @default {[]} */
  readonly options?: readonly ServerOption[];
}

/** Prints the causes of failed requests, which their responses do not contain. */
const PRINTED_CAUSES: Logger = {
  ...SILENT_LOGGER,
  error(_message, { method, route, status, error } = {}): void {
    const text = `${method} ${route} failed with status ${status}: ${Deno.inspect(error)}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  },
};

/**
 * Returns an in-process server of some services that validates its responses, and prints the causes of 5xx to
 * standard error unless the options have a logger.
 */
export function serviceServer(
  pool: ConnectionPool,
  { options = [], ...mounting }: ServiceServerOptions,
): Server {
  const mounted = mountOnPool(pool, mounting);
  const apis = mounted.services.flatMap(({ api }) => api === undefined ? [] : [withApi(api)]);
  return createServer(
    "127.0.0.1",
    0,
    withLogger(PRINTED_CAUSES),
    withResponseValidation(true),
    withIdempotency(mounted.idempotency),
    ...apis,
    ...options,
  );
}

const HMAC_SECRETS = ["a secret of more than 32 bytes for a test"] as const;

/** Mounts services, with default settings if there are no others. */
export function mountOnPool(
  pool: ConnectionPool,
  { services, now, hmacSecrets = HMAC_SECRETS, settings = {}, development = false }: Omit<
    ServiceServerOptions,
    "options"
  >,
): MountedServices {
  return mountServices({
    services: services.map((service) => service.configure(new EnvironmentReader((name) => settings[name]))),
    ...{ cursorTtlSeconds: 60, idempotencyTtlMs: 3_600_000, drainTimeoutMs: 0 },
  }, {
    services,
    database: { pool, hmacSecrets },
    logger: SILENT_LOGGER,
    development,
    telemetry: { metrics: undefined, tracer: UNTRACED },
    ...(now !== undefined && { now }),
  });
}
