import { type DriverName, DRIVERS, type InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Returns the driver of test databases: that of `TEST_POSTGRES_DRIVER` if set, otherwise the default. */
export function testDriver(): Pick<InstanceConfig, "driver"> {
  const name = Deno.env.get("TEST_POSTGRES_DRIVER");
  if (!name) return {};
  if (!isDriver(name)) throw new Error(`TEST_POSTGRES_DRIVER must be one of: ${DRIVERS.join(", ")}`);
  return { driver: name };
}

function isDriver(name: string): name is DriverName {
  return DRIVERS.some((driver) => driver === name);
}
