import ipaddr from "ipaddr.js";
import { assertEquals, assertFalse, assertInstanceOf } from "@std/assert";
import { type AuthConfig, type Exposure, readAuthConfig } from "./auth_config.ts";
import { EnvironmentReader, type SettingError } from "./environment_reader.ts";

const PRIVATE: Exposure = {
  database: { kind: "embedded", dataDirectory: ".archway" },
  host: "127.0.0.1",
  publicUrl: undefined,
  trustedProxies: [],
};
const ISSUED = {
  AUTH_JWKS_URL: "https://issuer.example/jwks.json?p=1",
  AUTH_ISSUER: "https://issuer.example/",
  AUTH_AUDIENCE: "https://api.example",
};

function parse(
  environment: Readonly<Record<string, string>>,
  exposure: Partial<Exposure> = {},
): { readonly auth: AuthConfig; readonly errors: readonly SettingError[] } {
  const settings = new EnvironmentReader((name) => environment[name]);
  const auth = readAuthConfig(settings, { ...PRIVATE, ...exposure });
  return { auth, errors: settings.errors };
}

function errorsOf(
  environment: Readonly<Record<string, string>>,
  exposure?: Partial<Exposure>,
): readonly string[] {
  return parse(environment, exposure).errors.map(({ variable }) => variable);
}

/** Exposures in which other machines may reach the service or its data. */
const OPEN: readonly Partial<Exposure>[] = [
  { host: "0.0.0.0" },
  { host: "::" },
  { host: "127.0.0.1.example.com" },
  { host: "192.168.1.2" },
  { publicUrl: new URL("https://api.example.com") },
  { trustedProxies: [[ipaddr.parse("127.0.0.1"), 32]] },
  {
    database: {
      kind: "postgres",
      primary: [{ host: "127.0.0.1", port: 5432, user: "", password: "", database: "", maxConnections: 1 }],
      replicas: [],
      pooler: "none",
      poolerStatements: 0,
      readerPolicy: "random",
      replicaMaxLagMs: 0,
      replicaProbeTimeoutMs: 1,
    },
  },
];

Deno.test("readAuthConfig() requires a decision unless the embedded database is used on loopback", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) {
    assertEquals(parse({}, { host }), { auth: { kind: "none" }, errors: [] });
  }
  assertEquals(errorsOf({}, { publicUrl: new URL("http://[::1]:8080") }), []);
  for (const exposure of OPEN) {
    const { errors: [error, ...others] } = parse({}, exposure);
    assertEquals([error?.variable, others], ["AUTH_MODE", []]);
    for (const setting of ["AUTH_JWKS_URL", "AUTH_KEY_FILE", "AUTH_MODE=keys", "AUTH_MODE=none"]) {
      assertEquals(error?.reason.includes(setting), true, setting);
    }
    assertEquals(parse({ AUTH_MODE: "none" }, exposure), { auth: { kind: "none" }, errors: [] });
  }
});

Deno.test("readAuthConfig() allows API keys alone everywhere, and reads how long they are reused", () => {
  for (const exposure of OPEN) {
    assertEquals(parse({ AUTH_MODE: "keys", AUTH_API_KEY_TTL: "0s" }, exposure), {
      auth: { kind: "keys", apiKeyTtlMs: 0, certificateHeader: undefined },
      errors: [],
    });
  }
  assertEquals(errorsOf({ AUTH_MODE: "keys", AUTH_API_KEY_TTL: "301s" }), ["AUTH_API_KEY_TTL"]);
  assertEquals(errorsOf({ AUTH_MODE: "keys", AUTH_ISSUER: "x" }), ["AUTH_MODE"]);
});

Deno.test("readAuthConfig() reads the header of certificates from trusted proxies alone", () => {
  const variables = { AUTH_MODE: "keys", AUTH_CERTIFICATE_HEADER: "X-Client-Subject" };
  const trustedProxies = [ipaddr.parseCIDR("10.0.0.0/8")];
  const { auth, errors } = parse(variables, { trustedProxies });
  assertEquals([auth.kind !== "none" && auth.certificateHeader, errors], ["X-Client-Subject", []]);
  assertEquals(errorsOf(variables), ["AUTH_CERTIFICATE_HEADER"]);
  assertEquals(errorsOf({ ...variables, AUTH_CERTIFICATE_HEADER: "X Y" }, { trustedProxies }), [
    "AUTH_CERTIFICATE_HEADER",
  ]);
});

Deno.test("readAuthConfig() allows development tokens only with the embedded database on loopback", () => {
  assertEquals(parse({ AUTH_MODE: "dev" }), {
    auth: { kind: "dev", apiKeyTtlMs: 10_000, certificateHeader: undefined },
    errors: [],
  });
  for (const exposure of OPEN) assertEquals(errorsOf({ AUTH_MODE: "dev" }, exposure), ["AUTH_MODE"]);
});

Deno.test("readAuthConfig() reads the issuer, its keys and algorithms", () => {
  const { auth, errors } = parse(ISSUED, { host: "0.0.0.0" });
  assertEquals(errors, []);
  if (auth.kind !== "jwt") throw new Error("An issuer is set");
  const { keys, ...rest } = auth;
  assertInstanceOf(keys, URL);
  assertEquals(keys.href, ISSUED.AUTH_JWKS_URL);
  assertEquals(rest, {
    kind: "jwt",
    issuer: ISSUED.AUTH_ISSUER,
    audience: ISSUED.AUTH_AUDIENCE,
    algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
    clockSkewMs: 30_000,
    jwksCooldownMs: 10_000,
    apiKeyTtlMs: 10_000,
    certificateHeader: undefined,
  });
  const { AUTH_JWKS_URL: _, ...others } = ISSUED;
  const file = parse({ ...others, AUTH_KEY_FILE: "keys.pem", AUTH_ALGORITHMS: "ES384, PS512" });
  if (file.auth.kind !== "jwt") throw new Error("An issuer is set");
  assertEquals([file.errors, file.auth.keys, file.auth.algorithms], [[], { file: "keys.pem" }, [
    "ES384",
    "PS512",
  ]]);
});

Deno.test("readAuthConfig() rejects missing, contradictory and unsafe settings", () => {
  assertEquals(errorsOf({ AUTH_MODE: "jwt" }), ["AUTH_JWKS_URL", "AUTH_ISSUER", "AUTH_AUDIENCE"]);
  assertEquals(errorsOf({ AUTH_ISSUER: "x" }), ["AUTH_JWKS_URL", "AUTH_AUDIENCE"]);
  assertEquals(errorsOf({ ...ISSUED, AUTH_KEY_FILE: "x" }), ["AUTH_JWKS_URL"]);
  for (const AUTH_MODE of ["none", "dev"]) assertEquals(errorsOf({ ...ISSUED, AUTH_MODE }), ["AUTH_MODE"]);
  assertEquals(errorsOf({ AUTH_MODE: "off" }), ["AUTH_MODE"]);
  for (
    const AUTH_JWKS_URL of [
      "http://issuer.example/jwks",
      "file:///keys",
      "keys",
      "https://a:planted@issuer.example/jwks",
    ]
  ) {
    assertEquals(errorsOf({ ...ISSUED, AUTH_JWKS_URL }), ["AUTH_JWKS_URL"]);
  }
  assertEquals(errorsOf({ ...ISSUED, AUTH_JWKS_URL: "http://127.0.0.1:9000/jwks" }), []);
  for (const AUTH_ALGORITHMS of ["HS256", "none", "RS256,HS512", "RS256,", "rs256"]) {
    const { errors } = parse({ ...ISSUED, AUTH_ALGORITHMS });
    assertEquals(errors.map(({ variable }) => variable), ["AUTH_ALGORITHMS"]);
    assertFalse(errors[0]?.reason.includes("HS"));
  }
  assertEquals(errorsOf({ ...ISSUED, AUTH_CLOCK_SKEW: "6m" }), ["AUTH_CLOCK_SKEW"]);
  // One setting of an issuer selects AUTH_MODE=jwt, which requires the others.
  for (const begun of [{ AUTH_CLOCK_SKEW: "10s" }, { AUTH_JWKS_COOLDOWN: "10s" }]) {
    assertEquals(errorsOf(begun), ["AUTH_JWKS_URL", "AUTH_ISSUER", "AUTH_AUDIENCE"]);
    assertEquals(errorsOf({ ...begun, AUTH_MODE: "none" }), ["AUTH_MODE"]);
  }
});
