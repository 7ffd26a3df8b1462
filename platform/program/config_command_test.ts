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

Deno.test("effectiveSettings() names SETTINGS_FILE as the source of its variables", async () => {
  const path = await Deno.makeTempFile({ prefix: "settings_" });
  try {
    await Deno.writeTextFile(path, "PORT=9000\nHOST=::1\nLOG_LEVL=info\n");
    const { settings, errors } = effectiveSettings(project, { SETTINGS_FILE: path, HOST: "127.0.0.1" });
    const found = new Map(settings.map(({ name, value, source }) => [name, [value, source]]));
    assertEquals(found.get("PORT"), ["9000", "SETTINGS_FILE"]);
    assertEquals(found.get("HOST"), ["127.0.0.1", "environment"]);
    assertEquals(errors.map(({ variable }) => variable), ["LOG_LEVL"]);
  } finally {
    await Deno.remove(path);
  }
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

Deno.test("effectiveSettings() masks credentials in the URLs of other settings", () => {
  for (
    const userInfo of [
      `user:${SECRET}`,
      SECRET,
      `:${SECRET}`,
      `user:pa/${SECRET}`,
      `user:${SECRET}@${SECRET}`,
    ]
  ) {
    const found = sources({
      ...SERVER,
      AUTH_MODE: "jwt",
      AUTH_JWKS_URL: "https://issuer.example/keys",
      AUTH_ISSUER: `https://${userInfo}@issuer.example/a`,
      AUTH_AUDIENCE: "https://api.example:8443/base",
    });
    assertEquals(found.get("AUTH_ISSUER"), ["https://********@issuer.example/a", "environment"]);
    assertEquals(found.get("AUTH_AUDIENCE"), ["https://api.example:8443/base", "environment"]);
  }
});

Deno.test("effectiveSettings() returns no value that was rejected", () => {
  const url = `https://user:${SECRET}@host.example/`;
  const environment = {
    ...SERVER,
    HMAC_SECRET: "",
    HMAC_SECRET_FILE: SECRET,
    POSTGRES_REPLICA_PATIENCE: SECRET,
    POSTGRES_REPLICA_1_HOST: url,
    HOST: url,
    ADMIN_HOST: url,
    ADMIN_PORT: SECRET,
    PUBLIC_URL: url,
    AUTH_MODE: "jwt",
    AUTH_ISSUER: "issuer",
    AUTH_AUDIENCE: "audience",
    AUTH_JWKS_URL: url,
    LOG_LEVEL: SECRET,
  };
  const effective = effectiveSettings(project, environment);
  assertFalse(JSON.stringify(effective).includes("planted"));
  const rejected = new Set(effective.errors.map(({ variable }) => variable));
  for (
    const name of Object.keys(environment).filter((each) =>
      /HOST|PUBLIC|JWKS|LEVEL|REPLICA_PA|_FILE/.test(each)
    )
  ) {
    assertEquals(
      rejected.has(name),
      !["POSTGRES_PRIMARY_HOST", "POSTGRES_REPLICA_0_HOST"].includes(name),
      name,
    );
  }
  assertEquals(sources(environment).get("HMAC_SECRET"), [
    null,
    "file ******** (HMAC_SECRET_FILE, environment)",
  ]);
});

Deno.test("effectiveSettings() reports invalid values and misspelt names", () => {
  const { settings, errors } = effectiveSettings(project, { PORT: "eighty", LOG_LEVLE: "debug" });
  assertEquals(errors.map(({ variable }) => variable), ["PORT", "LOG_LEVLE"]);
  assert(settings.length > 50);
});
