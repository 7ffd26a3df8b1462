import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** The variables that make the program keep its data on a server. */
export function postgresEnvironment(instance: InstanceConfig): Readonly<Record<string, string>> {
  return {
    POSTGRES_PRIMARY_HOST: instance.host,
    POSTGRES_PRIMARY_PORT: String(instance.port),
    POSTGRES_PRIMARY_USER: instance.user,
    // The server trusts whoever reaches it, but the program wants a password to be set.
    POSTGRES_PRIMARY_PASSWORD: instance.password || "none",
    POSTGRES_PRIMARY_DATABASE: instance.database,
    HMAC_SECRET: "a secret of more than 32 bytes for a test",
    AUTH_MODE: "none",
    RATE_LIMIT: "off",
    // Nobody is to be refused because the machine is slow.
    POSTGRES_ACQUIRE_TIMEOUT: "60s",
    POSTGRES_QUEUE_TIMEOUT: "60s",
  };
}
