import { assert, assertEquals, assertFalse } from "@std/assert";
import { booleanSetting } from "@archway/service_kit/setting_types.ts";
import { defineService } from "@archway/service_kit/service_module.ts";
import { effectiveSettings } from "./config_command.ts";

const VERBOSE = booleanSetting("SHOP_VERBOSE", { default: false, description: "Verbosity." });
const project = {
  name: "archway",
  services: [
    defineService({
      name: "shop",
      settings: { title: "Shop", settings: [VERBOSE] },
      configure: (reader) => reader.read(VERBOSE),
      mount: () => ({}),
    }),
  ],
};

const SECRET = "planted".repeat(6);

function sources(
  environment: Readonly<Record<string, string>>,
  dotEnv?: Readonly<Record<string, string>>,
): ReadonlyMap<string, readonly [value: string | null, source: string]> {
  const { settings } = effectiveSettings(project, environment, dotEnv);
  return new Map(settings.map(({ name, value, source }) => [name, [value, source]]));
}

Deno.test("effectiveSettings() returns the source of each value", () => {
  const found = sources(
    { PORT: "9000", HOST: "127.0.0.1", POSTGRES_REPLICA_PATIENCE: "3s", ...SERVER, LOG_LEVEL: "WARN" },
    { PORT: "9000", HOST: "0.0.0.0" },
  );
  assertEquals(found.get("PORT"), ["9000", ".env"]);
  assertEquals(found.get("HOST"), ["127.0.0.1", "environment"]);
  assertEquals(found.get("POSTGRES_REPLICA_PROBE_TIMEOUT"), [
    "3s",
    "environment (POSTGRES_REPLICA_PATIENCE)",
  ]);
  assertEquals(found.get("LOG_LEVEL"), ["WARN", "environment"]);
  assertEquals(found.get("READ_TIMEOUT"), ["15s", "default"]);
  assertEquals(found.get("MIGRATE_ON_START"), ["false", "derived"]);
  assertEquals(found.get("PUBLIC_URL"), [null, "not set"]);
  assertEquals(found.get("SHOP_VERBOSE"), ["false", "default"]);
  assertEquals(sources({}).get("POSTGRES_POOLER"), [null, "not used"]);
});

const SERVER = {
  POSTGRES_PRIMARY_HOST: "db",
  POSTGRES_PRIMARY_USER: "app",
  POSTGRES_PRIMARY_PASSWORD: SECRET,
  POSTGRES_PRIMARY_DATABASE: "app",
  POSTGRES_REPLICA_0_HOST: "r0",
  POSTGRES_REPLICA_1_HOST: "r1",
  HMAC_SECRET: SECRET,
  RATE_LIMIT_URL: `redis://:${SECRET}@cache`,
  AUTH_MODE: "none",
};

Deno.test("effectiveSettings() masks every secret, including those of replicas", () => {
  const { settings, errors } = effectiveSettings(project, SERVER);
  assertEquals(errors, []);
  assertFalse(JSON.stringify(settings).includes("planted"));
  const masked = settings.filter(({ value }) => value === "********").map(({ name }) => name);
  assertEquals(masked, [
    "POSTGRES_PRIMARY_PASSWORD",
    "POSTGRES_REPLICA_0_PASSWORD",
    "HMAC_SECRET",
    "RATE_LIMIT_URL",
    "POSTGRES_REPLICA_1_PASSWORD",
  ]);
});

Deno.test("effectiveSettings() reports invalid values and misspelt names", () => {
  const { settings, errors } = effectiveSettings(project, { PORT: "eighty", LOG_LEVLE: "debug" });
  assertEquals(errors.map(({ variable }) => variable), ["PORT", "LOG_LEVLE"]);
  assert(settings.length > 50);
});
