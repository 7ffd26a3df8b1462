import { assertEquals } from "@std/assert";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { type LimitConfig, readLimitConfig } from "./limit_config.ts";
import { EnvironmentReader } from "./environment_reader.ts";

interface Parsed extends LimitConfig {
  readonly errors: readonly string[];
}

function parse(environment: Readonly<Record<string, string>>, isPrivate = false): Parsed {
  const settings = new EnvironmentReader((name) => environment[name]);
  const config = readLimitConfig(settings, { isPrivate });
  return { ...config, errors: settings.errors.map(({ variable }) => variable) };
}

Deno.test("readLimitConfig() limits rates unless the service is private and no rate is set", () => {
  const rate = { quota: 600, windowSeconds: 60 };
  assertEquals(parse({}).rateLimit, {
    rate,
    operations: new Map(),
    addressRate: { quota: 6000, windowSeconds: 60 },
    storeUrl: undefined,
  });
  assertEquals(parse({}, true).rateLimit, undefined);
  assertEquals(parse({ RATE_LIMIT: "600/1m" }, true).rateLimit?.rate, rate);
  assertEquals(parse({ RATE_LIMIT_URL: "redis://host" }, true).rateLimit?.rate, rate);
  assertEquals(parse({ RATE_LIMIT_ROUTES: "createProfile=1/1s" }, true).rateLimit?.rate, rate);
  assertEquals(parse({ RATE_LIMIT: "off", RATE_LIMIT_URL: "redis://host" }).rateLimit, undefined);
});

Deno.test("readLimitConfig() reads rates", () => {
  const { rateLimit, errors } = parse({
    RATE_LIMIT: "5/10s",
    RATE_LIMIT_ADDRESS: "7/1h",
    RATE_LIMIT_ROUTES: "createProfile=20/1m, listProfiles = 1000000/24h",
  });
  assertEquals(errors, []);
  assertEquals(rateLimit, {
    rate: { quota: 5, windowSeconds: 10 },
    operations: new Map([
      ["createProfile", { quota: 20, windowSeconds: 60 }],
      ["listProfiles", { quota: 1_000_000, windowSeconds: 86_400 }],
    ]),
    addressRate: { quota: 7, windowSeconds: 3600 },
    storeUrl: undefined,
  });
  const wrong = [
    "on",
    "5",
    "0/1m",
    "5/0s",
    "5/500ms",
    "5/25h",
    "1000001/1m",
    "5/1m/1",
    "-5/1m",
    "5/1",
    "1e3/1m",
  ];
  for (const text of wrong) {
    assertEquals(parse({ RATE_LIMIT: text }).errors, ["RATE_LIMIT"], text);
    assertEquals(parse({ RATE_LIMIT_ADDRESS: text }).errors, ["RATE_LIMIT_ADDRESS"], text);
    assertEquals(parse({ RATE_LIMIT_ROUTES: `createProfile=${text}` }).errors, ["RATE_LIMIT_ROUTES"], text);
  }
  for (const text of ["createProfile", "=5/1m", "a=5/1m,", "a=5/1m,a=6/1m", "a=5/1m b=5/1m"]) {
    assertEquals(parse({ RATE_LIMIT_ROUTES: text }).errors, ["RATE_LIMIT_ROUTES"], text);
  }
});

Deno.test("readLimitConfig() accepts URLs of Redis and Valkey", () => {
  const stores = ["redis://host", "rediss://u:p%40w@[::1]:6380/1", "valkey://host:1", "valkeys://host"];
  assertEquals(stores.map((RATE_LIMIT_URL) => parse({ RATE_LIMIT_URL }).rateLimit?.storeUrl), [
    "redis://host",
    "rediss://u:p%40w@[::1]:6380/1",
    "redis://host:1",
    "rediss://host",
  ]);
  for (
    const text of [
      "host:6379",
      "http://host",
      "redis://",
      "redis:///0",
      "redis://host?db=1",
      "redis://host#a",
      "redis://host/name",
      "redis://host/0/1",
      "redis://host/-1",
      "redis://host/01",
      "redis://:p%zz@host",
    ]
  ) {
    assertEquals(parse({ RATE_LIMIT_URL: text }).errors, ["RATE_LIMIT_URL"], text);
  }
});

Deno.test("readLimitConfig() reads the certificates of a store with TLS", () => {
  const { certificate, key } = tlsFiles("first");
  const files = {
    RATE_LIMIT_TLS_CA_FILE: certificate,
    RATE_LIMIT_TLS_CERT_FILE: certificate,
    RATE_LIMIT_TLS_KEY_FILE: key,
  };
  const pem = Deno.readTextFileSync(certificate);
  const { rateLimit, errors } = parse({ RATE_LIMIT_URL: "rediss://host", ...files });
  assertEquals(errors, []);
  assertEquals(rateLimit?.storeTls, { ca: pem, client: { cert: pem, key: Deno.readTextFileSync(key) } });
  assertEquals(parse({ RATE_LIMIT_URL: "redis://host", ...files }).errors, Object.keys(files));
  assertEquals(parse(files).errors, Object.keys(files));
  const { RATE_LIMIT_TLS_KEY_FILE: _, ...lone } = files;
  assertEquals(parse({ RATE_LIMIT_URL: "rediss://host", ...lone }).errors, ["RATE_LIMIT_TLS_CERT_FILE"]);
  const missing = { RATE_LIMIT_TLS_CA_FILE: `${certificate}.missing` };
  assertEquals(parse({ RATE_LIMIT_URL: "rediss://host", ...missing }).errors, ["RATE_LIMIT_TLS_CA_FILE"]);
});

Deno.test("readLimitConfig() reads CORS origins", () => {
  assertEquals(parse({}).cors, undefined);
  assertEquals(parse({ CORS_ORIGINS: "*", CORS_MAX_AGE: "1h" }).cors, {
    origins: "*",
    credentials: false,
    maxAgeSeconds: 3600,
  });
  const origins = ["https://app.example", "http://localhost:3000", "https://[::1]:8443"];
  assertEquals(parse({ CORS_ORIGINS: origins.join(", "), CORS_CREDENTIALS: "true" }).cors, {
    origins,
    credentials: true,
    maxAgeSeconds: 600,
  });
  const wrong = [
    ...["https://app.example/", "https://app.example:443", "app.example", "https://*.example", "null"],
    ...["*,https://app.example", "https://App.example", "ftp://app.example", "https://app.example,"],
  ];
  for (const text of wrong) {
    assertEquals(parse({ CORS_ORIGINS: text }).errors, ["CORS_ORIGINS"], text);
  }
  assertEquals(parse({ CORS_ORIGINS: "*", CORS_CREDENTIALS: "true" }).errors, ["CORS_CREDENTIALS"]);
  assertEquals(parse({ CORS_CREDENTIALS: "true" }).errors, ["CORS_CREDENTIALS"]);
});

Deno.test("readLimitConfig() reads maximum sizes, within the limits of the platform", () => {
  const sizes = { MAX_URL_BYTES: "1000", MAX_HEADER_BYTES: "65536" };
  assertEquals([parse(sizes).maxUrlBytes, parse(sizes).maxHeaderBytes], [1000, 65_536]);
  assertEquals([parse({}).maxUrlBytes, parse({}).maxHeaderBytes], [8192, 16_384]);
  assertEquals(parse({ MAX_URL_BYTES: "0", MAX_HEADER_BYTES: "65537" }).errors, [
    "MAX_URL_BYTES",
    "MAX_HEADER_BYTES",
  ]);
});
