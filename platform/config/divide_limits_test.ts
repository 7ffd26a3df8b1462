import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { type Config, readConfig } from "./config.ts";
import { partOf, type Share } from "./divide_limits.ts";
import { EnvironmentReader, type SettingError } from "./environment_reader.ts";
import { allSettings } from "./settings_table.ts";

const POSTGRES: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://app@db/app",
  POSTGRES_REPLICA_0_HOST: "r0",
  POSTGRES_REPLICA_1_HOST: "r1",
  HMAC_SECRET: "0123456789abcdef0123456789abcdef",
  AUTH_MODE: "none",
  HOST: "0.0.0.0",
};

function read(
  environment: Readonly<Record<string, string>>,
  share?: Share,
): { readonly config: Config; readonly errors: readonly SettingError[] } {
  const reader = new EnvironmentReader((name) => ({ ...POSTGRES, ...environment })[name]);
  const config = readConfig(reader, { share });
  return { config, errors: reader.errors };
}

function limitsOf({ database, pool, listener, admission, limits }: Config): readonly (number | undefined)[] {
  const servers = database.kind === "postgres" ? [...database.primary, ...database.replicas] : [];
  const { rateLimit } = limits;
  return [
    ...servers.map(({ maxConnections }) => maxConnections),
    pool.minConnections,
    pool.maxWaiting,
    listener.connectionLimits?.maxConnections,
    listener.connectionLimits?.maxConnectionsPerAddress,
    admission?.maxInFlight,
    rateLimit?.rate.quota,
    rateLimit?.operations.get("list")?.quota,
    rateLimit?.addressRate.quota,
  ];
}

Deno.test("partOf() divides a total into parts that sum up to it and differ by at most one", () => {
  fc.assert(fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 256 }), (total, count) => {
    const parts = Array.from({ length: count }, (_, index) => partOf(total, { index, count }));
    assertEquals(parts.reduce((sum, part) => sum + part, 0), total);
    assertEquals(Math.max(...parts) - Math.min(...parts) <= 1, true);
  }));
});

Deno.test("readConfig() divides exactly the settings marked as divided", () => {
  // The values are primes, so that no two settings are confused.
  const values: Readonly<Record<string, string>> = {
    POSTGRES_PRIMARY_POOL_MAX_CONNS: "11",
    POSTGRES_REPLICA_0_POOL_MAX_CONNS: "13",
    POSTGRES_POOL_MIN_CONNS: "7",
    POSTGRES_MAX_WAITING: "17",
    MAX_CONNECTIONS: "19",
    MAX_CONNECTIONS_PER_ADDRESS: "23",
    ADMISSION_MAX_IN_FLIGHT: "29",
    RATE_LIMIT: "31/1m",
    RATE_LIMIT_ROUTES: "list=37/1m",
    RATE_LIMIT_ADDRESS: "41/1m",
  };
  const marked = allSettings([]).filter(({ divided }) => divided).map(({ name }) => name);
  assertEquals(Object.keys(values).toSorted(), marked.toSorted());
  const totals = [11, 13, 11, 7, 17, 19, 23, 29, 31, 37, 41];
  const whole = read(values);
  assertEquals([whole.errors, limitsOf(whole.config)], [[], totals]);
  const parts = [0, 1, 2, 3].map((index) => read(values, { index, count: 4 }));
  assertEquals(parts.flatMap(({ errors }) => errors), []);
  const lists = parts.map(({ config }) => limitsOf(config));
  assertEquals(totals.map((_, at) => lists.reduce((sum, list) => sum + (list[at] ?? 0), 0)), totals);
  assertEquals(lists[3], [2, 3, 2, 1, 4, 4, 5, 7, 7, 9, 10]);
  // Nothing else of the configuration differs.
  const others = (
    { database: _, pool, listener: _l, admission: _a, limits: _r, ...rest }: Config,
  ): unknown => [
    { ...rest, publicUrl: undefined },
    { ...pool, minConnections: 0, maxWaiting: 0 },
  ];
  for (const { config } of parts) assertEquals(others(config), others(whole.config));
});

Deno.test("readConfig() divides no rates of callers that a store counts, and keeps limits of zero", () => {
  const environment = {
    RATE_LIMIT: "30/1m",
    RATE_LIMIT_ROUTES: "list=20/1m",
    RATE_LIMIT_URL: "redis://store",
    POSTGRES_MAX_WAITING: "0",
  };
  const { config: { limits: { rateLimit }, pool, listener }, errors } = read(environment, {
    index: 1,
    count: 2,
  });
  assertEquals(errors, []);
  assertEquals([rateLimit?.rate.quota, rateLimit?.operations.get("list")?.quota], [30, 20]);
  assertEquals(rateLimit?.addressRate.quota, 150);
  assertEquals([pool.maxWaiting, pool.minConnections], [0, 0]);
  assertEquals(listener.connectionLimits?.maxConnectionsPerAddress, 0);
});

Deno.test("readConfig() rejects limits below the number of processes", () => {
  const environment = {
    WORKERS: "4",
    POSTGRES_PRIMARY_POOL_MAX_CONNS: "3",
    POSTGRES_REPLICA_1_POOL_MAX_CONNS: "2",
    RATE_LIMIT: "1/1m",
    RATE_LIMIT_ADDRESS: "4/1m",
  };
  const reasons = (limits: Readonly<Record<string, number>>): readonly SettingError[] =>
    Object.entries(limits).map(([variable, limit]) => ({
      variable,
      reason: `allows ${limit} for 4 processes (WORKERS); each of them needs at least 1`,
    }));
  const expected = reasons({
    POSTGRES_PRIMARY_POOL_MAX_CONNS: 3,
    POSTGRES_REPLICA_1_POOL_MAX_CONNS: 2,
    RATE_LIMIT: 1,
  });
  const byVariable = (errors: readonly SettingError[]): readonly SettingError[] =>
    errors.toSorted((one, other) => one.variable < other.variable ? -1 : 1);
  assertEquals(byVariable(read(environment, { index: 0, count: 4 }).errors), byVariable(expected));
  // Where only one process is possible, nothing is divided.
  const isLinux = Deno.build.os === "linux";
  assertEquals(byVariable(read(environment).errors), isLinux ? byVariable(expected) : []);
});
