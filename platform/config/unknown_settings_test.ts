import { assertEquals } from "@std/assert";
import { allSettings } from "./settings_table.ts";
import { unknownSettings } from "./unknown_settings.ts";

function unknown(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const found = unknownSettings(environment, { settings: allSettings([]), project: "archway" });
  return Object.fromEntries(found.map(({ variable, reason }) => [variable, reason]));
}

Deno.test("unknownSettings() suggests the nearest setting", () => {
  const meant = {
    POSTGRES_HOST: "POSTGRES_PRIMARY_HOST",
    POSTGRES_PASSWORD: "POSTGRES_PRIMARY_PASSWORD",
    POSTGRES_DB: "POSTGRES_PRIMARY_DATABASE",
    POSTGRES_URL: "DATABASE_URL",
    POSTGRES_PRIMARY_USERNAME: "POSTGRES_PRIMARY_USER",
    POSTGRES_PRIMARY_HOTS: "POSTGRES_PRIMARY_HOST",
    POSTGRES_REPLICA_3_HSOT: "POSTGRES_REPLICA_3_HOST",
    ARCHWAY_PORT: "PORT",
    ARCHWAY_LOG_LEVLE: "LOG_LEVEL",
    LOG_LEVLE: "LOG_LEVEL",
    MAX_CONECTIONS: "MAX_CONNECTIONS",
  };
  assertEquals(
    unknown(Object.fromEntries(Object.keys(meant).map((name) => [name, "x"]))),
    Object.fromEntries(
      Object.entries(meant).map(([name, setting]) => [name, `is not a setting; did you mean ${setting}?`]),
    ),
  );
});

Deno.test("unknownSettings() reports any other name with a prefix of the program", () => {
  assertEquals(unknown({ POSTGRES_SHARDS: "3", ARCHWAY_COLOUR: "blue" }), {
    POSTGRES_SHARDS: "is not a setting; `archway config` lists all settings",
    ARCHWAY_COLOUR: "is not a setting; `archway config` lists all settings",
  });
});

Deno.test("unknownSettings() accepts settings, replicas of any number, empty variables and unrelated ones", () => {
  assertEquals(
    unknown({
      PORT: "8080",
      HMAC_SECRET_FILE: "secret",
      POSTGRES_REPLICA_12_PASSWORD_FILE: "secret",
      POSTGRES_REPLICA_PATIENCE: "2s",
      POSTGRES_HOST: "",
      HOME: "/",
      LOG_FORMAT: "json",
      AUTH_TOKEN: "x",
    }),
    {},
  );
});

Deno.test("unknownSettings() accepts variables that Kubernetes sets for services", () => {
  assertEquals(
    unknown({
      POSTGRES_SERVICE_HOST: "10.0.0.1",
      POSTGRES_SERVICE_PORT: "5432",
      POSTGRES_SERVICE_PORT_SQL: "5432",
      POSTGRES_PORT: "tcp://10.0.0.1:5432",
      POSTGRES_PORT_5432_TCP: "tcp://10.0.0.1:5432",
      POSTGRES_PORT_5432_TCP_ADDR: "10.0.0.1",
      ARCHWAY_PORT: "tcp://10.0.0.2:80",
      ARCHWAY_SERVICE_HOST: "10.0.0.2",
    }),
    {},
  );
});

Deno.test("unknownSettings() accepts variables of the PostgreSQL image once a primary is configured", () => {
  const image = { POSTGRES_USER: "app", POSTGRES_PASSWORD: "secret", POSTGRES_DB: "app" };
  assertEquals(Object.keys(unknown(image)), Object.keys(image));
  assertEquals(unknown({ ...image, POSTGRES_PRIMARY_HOST: "db" }), {});
});

Deno.test("unknownSettings() reports PGHOST, unless a server or the embedded database was chosen", () => {
  assertEquals(Object.keys(unknown({ PGHOST: "db", PGSERVICE: "app" })), ["PGHOST", "PGSERVICE"]);
  for (const chosen of ["DATABASE_URL", "DATABASE_URL_FILE", "POSTGRES_PRIMARY_HOST", "EMBEDDED_DATA_DIR"]) {
    assertEquals(unknown({ PGHOST: "db", [chosen]: "x" }), {});
  }
});
