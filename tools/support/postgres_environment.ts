import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Returns the variables that configure the program to use a server. */
export function postgresEnvironment(instance: InstanceConfig): Readonly<Record<string, string>> {
  return {
    POSTGRES_PRIMARY_HOST: instance.host,
    POSTGRES_PRIMARY_PORT: String(instance.port),
    POSTGRES_PRIMARY_USER: instance.user,
    // The server uses trust authentication, but the program requires a password.
    POSTGRES_PRIMARY_PASSWORD: instance.password || "none",
    POSTGRES_PRIMARY_DATABASE: instance.database,
    HMAC_SECRET: "a secret of more than 32 bytes for a test",
    AUTH_MODE: "none",
    RATE_LIMIT: "off",
    ...(instance.driver === undefined ? {} : { POSTGRES_DRIVER: instance.driver }),
    // Timeouts that slow machines do not exceed.
    POSTGRES_ACQUIRE_TIMEOUT: "60s",
    POSTGRES_QUEUE_TIMEOUT: "60s",
  };
}
