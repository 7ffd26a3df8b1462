import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError, parseConfig, readWorkConfig } from "./config.ts";
import { EnvironmentReader } from "./environment_reader.ts";
import { readStorageConfig } from "./storage_config.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

const POSTGRES = {
  POSTGRES_PRIMARY_HOST: "db",
  POSTGRES_PRIMARY_USER: "archway",
  POSTGRES_PRIMARY_PASSWORD: "a planted password",
  POSTGRES_PRIMARY_DATABASE: "archway",
  HMAC_SECRET: SECRET,
  AUTH_MODE: "none",
};

function parse(environment: Readonly<Record<string, string>>): ReturnType<typeof parseConfig> {
  return parseConfig((name) => environment[name]);
}

Deno.test("parseConfig() defaults to the embedded database on loopback", () => {
  const config = parse({});
  assertEquals(config.database, { kind: "embedded", dataDirectory: ".archway" });
  assertEquals([config.host, config.port, config.logLevel], ["127.0.0.1", 8080, "info"]);
  assertEquals(config.hmacSecrets, undefined);
});

Deno.test("parseConfig() reads a primary and numbered replicas", () => {
  const config = parse({
    ...POSTGRES,
    POSTGRES_PRIMARY_PORT: "6543",
    POSTGRES_REPLICA_0_HOST: "r0",
    POSTGRES_REPLICA_1_HOST: "r1",
    POSTGRES_REPLICA_1_PORT: "6544",
    POSTGRES_REPLICA_1_POOL_MAX_CONNS: "3",
  });
  if (config.database.kind !== "postgres") throw new Error("A host is set");
  assertEquals(config.database.primary.map(({ host, port }) => [host, port]), [["db", 6543]]);
  assertEquals(
    config.database.replicas.map((
      { host, port, user, maxConnections },
    ) => [host, port, user, maxConnections]),
    [["r0", 6543, "archway", 10], ["r1", 6544, "archway", 3]],
  );
});

Deno.test("parseConfig() reads the maximum wait for a replica, up to 10 s", () => {
  const waits = ["", "0s", "10s"].map((CONSISTENCY_MAX_WAIT) =>
    parse({ CONSISTENCY_MAX_WAIT }).consistencyMaxWaitMs
  );
  assertEquals(waits, [50, 0, 10_000]);
  const error = assertThrows(() => parse({ CONSISTENCY_MAX_WAIT: "10001ms" }), ConfigError);
  assertEquals(error.errors, [{ variable: "CONSISTENCY_MAX_WAIT", reason: "must be at most 10s" }]);
});

Deno.test("parseConfig() reads whether tokens have positions", () => {
  const positions = ["", "true", "false"].map((CONSISTENCY_POSITIONS) =>
    parse({ CONSISTENCY_POSITIONS }).consistencyPositions
  );
  assertEquals(positions, [undefined, true, false]);
});

Deno.test("parseConfig() reads the pooler, and rejects migrations through it", () => {
  const poolers = ["", "none", "transaction"].map((POSTGRES_POOLER) => {
    const { database } = parse({ ...POSTGRES, POSTGRES_POOLER });
    return database.kind === "postgres" && database.pooler;
  });
  assertEquals(poolers, ["none", "none", "transaction"]);
  const wrong = { ...POSTGRES, POSTGRES_POOLER: "transaction", MIGRATE_ON_START: "true" };
  const error = assertThrows(() => parse(wrong), ConfigError);
  assertEquals(error.errors.map(({ variable }) => variable), ["MIGRATE_ON_START"]);
});

Deno.test("parseConfig() reads the use of replicas", () => {
  const replicaSettings = (environment: Readonly<Record<string, string>>): readonly unknown[] => {
    const { database } = parse({ ...POSTGRES, ...environment });
    if (database.kind !== "postgres") throw new Error("A host is set");
    return [database.readerPolicy, database.replicaMaxLagMs, database.replicaProbeTimeoutMs];
  };
  assertEquals(replicaSettings({}), ["least-loaded", 10_000, 2000]);
  assertEquals(
    replicaSettings({
      POSTGRES_READER_POLICY: "random",
      POSTGRES_REPLICA_MAX_LAG: "500ms",
      POSTGRES_REPLICA_PROBE_TIMEOUT: "1m",
    }),
    ["random", 500, 60_000],
  );
  const error = assertThrows(
    () => parse({ ...POSTGRES, POSTGRES_READER_POLICY: "nearest", POSTGRES_REPLICA_PROBE_TIMEOUT: "0s" }),
    ConfigError,
  );
  assertEquals(error.errors.map(({ variable }) => variable), [
    "POSTGRES_READER_POLICY",
    "POSTGRES_REPLICA_PROBE_TIMEOUT",
  ]);
});

Deno.test("parseConfig() migrates on start by default only with the embedded database", () => {
  assertEquals(parse({}).migrateOnStart, true);
  assertEquals(parse(POSTGRES).migrateOnStart, false);
  assertEquals(parse({ ...POSTGRES, MIGRATE_ON_START: "true" }).migrateOnStart, true);
  assertEquals(parse({ MIGRATE_ON_START: "false" }).migrateOnStart, false);
  assertThrows(() => parse({ MIGRATE_ON_START: "yes" }), ConfigError);
});

Deno.test("parseConfig() accepts several secrets, newest first", () => {
  const other = "f".repeat(40);
  assertEquals(parse({ ...POSTGRES, HMAC_SECRET: `${SECRET}, ${other}` }).hmacSecrets, [SECRET, other]);
});

Deno.test("parseConfig() requires a decision on authentication for an exposed service", () => {
  const { AUTH_MODE: _, ...undecided } = POSTGRES;
  for (const environment of [undecided, { HOST: "0.0.0.0" }, { TRUSTED_PROXIES: "127.0.0.1" }]) {
    const error = assertThrows(() => parse(environment), ConfigError);
    assertEquals(error.errors.map(({ variable }) => variable), ["AUTH_MODE"]);
  }
  assertEquals([parse({}).auth.kind, parse(POSTGRES).auth.kind], ["none", "none"]);
});

Deno.test("readWorkConfig() requires the secret, and nothing of serving", () => {
  const { AUTH_MODE: _, ...exposed } = { ...POSTGRES, HOST: "0.0.0.0", PORT: "none", RATE_LIMIT: "none" };
  assertEquals(errorsOf(exposed, readWorkConfig), []);
  assertEquals(errorsOf({ ...exposed, HMAC_SECRET: "" }, readWorkConfig), ["HMAC_SECRET"]);
  assertEquals(errorsOf({ ...exposed, LOG_LEVEL: "loud" }, readWorkConfig), ["LOG_LEVEL"]);
});

Deno.test("readStorageConfig() reads what commands that use the database need, and no secrets but its own", () => {
  const { HMAC_SECRET: _, ...storage } = { ...POSTGRES, LOG_LEVEL: "loud", PORT: "none", HOST: "0.0.0.0" };
  assertEquals(errorsOf(storage, readStorageConfig), []);
  assertEquals(errorsOf({ ...storage, POSTGRES_PRIMARY_PORT: "none" }, readStorageConfig), [
    "POSTGRES_PRIMARY_PORT",
  ]);
  const generates = [{}, { HMAC_SECRET: SECRET }, { HMAC_SECRET_FILE: "secret" }].map((variables) =>
    readStorageConfig(new EnvironmentReader((name) => new Map(Object.entries(variables)).get(name)))
      .generatesSecret
  );
  assertEquals(generates, [true, false, false]);
});

/** Returns the variables that are missing or invalid for a program or a command. */
function errorsOf(
  environment: Readonly<Record<string, string>>,
  read: (reader: EnvironmentReader) => unknown,
): readonly string[] {
  const reader = new EnvironmentReader((name) => environment[name]);
  read(reader);
  return reader.errors.map(({ variable }) => variable);
}

Deno.test("parseConfig() limits rates behind a proxy by default", () => {
  const behind = parse({ TRUSTED_PROXIES: "127.0.0.1", AUTH_MODE: "none" });
  assertEquals([parse({}).limits.rateLimit, behind.limits.rateLimit?.rate.quota], [undefined, 600]);
});

Deno.test("parseConfig() reads every secret from a file", async () => {
  const file = await Deno.makeTempFile({ prefix: "archway_secret_" });
  try {
    await Deno.writeTextFile(file, `${SECRET}\n`);
    const { POSTGRES_PRIMARY_PASSWORD: _, HMAC_SECRET: __, ...others } = POSTGRES;
    const { database, hmacSecrets } = parse({
      ...others,
      HMAC_SECRET_FILE: file,
      POSTGRES_PRIMARY_PASSWORD_FILE: file,
      POSTGRES_REPLICA_0_HOST: "r0",
      POSTGRES_REPLICA_1_HOST: "r1",
      POSTGRES_REPLICA_1_PASSWORD: "its own",
    });
    if (database.kind !== "postgres") throw new Error("A host is set");
    assertEquals(hmacSecrets, [SECRET]);
    const passwords = [...database.primary, ...database.replicas].map(({ password }) => password);
    assertEquals(passwords, [SECRET, SECRET, "its own"]);
    await Deno.writeTextFile(file, "rotated\n");
    const { signal } = new AbortController();
    const servers = [...database.primary, ...database.replicas];
    assertEquals(await Promise.all(servers.map(({ readPassword }) => readPassword?.({ signal }))), [
      "rotated",
      "rotated",
      undefined,
    ]);
    const error = assertThrows(() => parse({ ...others, HMAC_SECRET_FILE: `${file}.none` }), ConfigError);
    assertEquals(error.errors.map(({ variable }) => variable), ["HMAC_SECRET_FILE"]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("parseConfig() reports all errors at once, without values", () => {
  const error = assertThrows(() =>
    parse({
      POSTGRES_PRIMARY_HOST: "db",
      POSTGRES_PRIMARY_PORT: "70000",
      POSTGRES_PRIMARY_PASSWORD: "a planted password",
      HMAC_SECRET: "a short secret",
      AUTH_MODE: "loose",
      PORT: "eighty",
      LOG_LEVEL: "loud",
      READ_TIMEOUT: "10",
      PUBLIC_URL: "ftp://planted.example",
    }), ConfigError);
  assertEquals(error.errors.map(({ variable }) => variable), [
    "POSTGRES_PRIMARY_PORT",
    "POSTGRES_PRIMARY_USER",
    "POSTGRES_PRIMARY_DATABASE",
    "HMAC_SECRET",
    "LOG_LEVEL",
    "PORT",
    "PUBLIC_URL",
    "READ_TIMEOUT",
    "AUTH_MODE",
  ]);
  for (const value of ["planted", "short", "70000", "eighty", "loud", "loose"]) {
    assertFalse(error.message.includes(value));
  }
});

Deno.test("parseConfig() requires a secret of 32 bytes with an external database", () => {
  for (const HMAC_SECRET of ["", "x".repeat(31), `${SECRET},short`, `${SECRET},`]) {
    const error = assertThrows(() => parse({ ...POSTGRES, HMAC_SECRET }), ConfigError);
    assertEquals(error.errors.map(({ variable }) => variable), ["HMAC_SECRET"]);
    if (HMAC_SECRET === "") {
      assertStringIncludes(error.message, "is required: set it to the output of `openssl");
    }
  }
});

Deno.test("parseConfig() rejects settings that would be ignored", () => {
  const without = assertThrows(
    () => parse({ POSTGRES_PRIMARY_PASSWORD: "x", POSTGRES_REPLICA_0_HOST: "r0" }),
    ConfigError,
  );
  assertEquals(without.errors.map(({ variable }) => variable), [
    "POSTGRES_PRIMARY_HOST",
    "POSTGRES_REPLICA_0_HOST",
  ]);
  const gap = assertThrows(() => parse({ ...POSTGRES, POSTGRES_REPLICA_1_HOST: "r1" }), ConfigError);
  assertEquals(gap.errors.map(({ variable }) => variable), ["POSTGRES_REPLICA_1_HOST"]);
  const onServersOnly = [
    "POSTGRES_POOLER",
    "POSTGRES_READER_POLICY",
    "POSTGRES_REPLICA_MAX_LAG",
    "POSTGRES_REPLICA_PROBE_TIMEOUT",
  ];
  const embedded = assertThrows(
    () => parse(Object.fromEntries(onServersOnly.map((name) => [name, "nonsense"]))),
    ConfigError,
  );
  assertEquals(
    embedded.errors,
    onServersOnly.map((variable) => ({ variable, reason: "needs POSTGRES_PRIMARY_HOST or DATABASE_URL" })),
  );
});

Deno.test("parseConfig() accepts 64 replicas, and rejects more", () => {
  const replicas = (count: number): Readonly<Record<string, string>> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`POSTGRES_REPLICA_${n}_HOST`, `r${n}`]));
  const { database } = parse({ ...POSTGRES, ...replicas(64) });
  assertEquals(database.kind === "postgres" && database.replicas.length, 64);
  const beyond = [
    replicas(65),
    { POSTGRES_REPLICA_64_HOST: "r64" },
    { ...replicas(1), POSTGRES_REPLICA_64_PASSWORD_FILE: "password" },
  ];
  for (const environment of beyond) {
    const { errors } = assertThrows(() => parse({ ...POSTGRES, ...environment }), ConfigError);
    assertEquals(errors.map(({ variable }) => variable), ["POSTGRES_REPLICA_64_HOST"]);
    assertEquals(errors[0]?.reason, "exceeds the limit of 64 replicas, which are numbered from 0");
  }
  const last = assertThrows(() => parse({ ...POSTGRES, POSTGRES_REPLICA_255_HOST: "r" }), ConfigError);
  assertEquals(last.errors.map(({ variable }) => variable), ["POSTGRES_REPLICA_255_HOST"]);
});

Deno.test("parseConfig() accepts log levels in any case, and warn for warning", () => {
  const levels = ["TRACE", "debug", "INFO", "warn", "WARNING", "error", "off"].map((LOG_LEVEL) =>
    parse({ LOG_LEVEL }).logLevel
  );
  assertEquals(levels, ["trace", "debug", "info", "warning", "warning", "error", "off"]);
});

Deno.test("parseConfig() reads the name and the idle timeout of sessions", () => {
  assertEquals([parse(POSTGRES).pool.applicationName, parse(POSTGRES).pool.idleTimeoutMs], [
    "archway",
    60_000,
  ]);
  const { pool } = parse({
    ...POSTGRES,
    POSTGRES_APPLICATION_NAME: "archway-1",
    POSTGRES_POOL_IDLE_TIMEOUT: "0s",
  });
  assertEquals([pool.applicationName, pool.idleTimeoutMs], ["archway-1", 0]);
  const error = assertThrows(() => parse({ ...POSTGRES, POSTGRES_APPLICATION_NAME: "é" }), ConfigError);
  assertEquals(error.errors.map(({ variable }) => variable), ["POSTGRES_APPLICATION_NAME"]);
});
