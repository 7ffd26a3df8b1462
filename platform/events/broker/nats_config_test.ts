import { assertEquals } from "@std/assert";
import { type NatsConfig, readNatsConfig } from "./nats_config.ts";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";

const TLS = tlsFiles("first");

function parse(variables: Readonly<Record<string, string>>): {
  readonly config: NatsConfig | undefined;
  readonly errors: readonly string[];
} {
  const settings = new EnvironmentReader((name) => variables[name]);
  const config = readNatsConfig(settings);
  return { config, errors: settings.errors.map(({ variable }) => variable) };
}

Deno.test("readNatsConfig() reads servers, credentials and the stream", () => {
  const read = (url: string): NatsConfig | undefined => parse({ NATS_URL: url }).config;
  assertEquals(read("nats://broker.internal"), {
    servers: ["broker.internal:4222"],
    tls: undefined,
    stream: "archway",
  });
  assertEquals(read("tls://archway:p%40ss@a:4333, tls://b"), {
    servers: ["a:4333", "b:4222"],
    tls: {},
    credentials: { user: "archway", password: "p@ss" },
    stream: "archway",
  });
  assertEquals(read("nats://secret-token@[::1]:4222"), {
    servers: ["[::1]:4222"],
    tls: undefined,
    credentials: { token: "secret-token" },
    stream: "archway",
  });
  assertEquals(parse({ NATS_URL: "nats://a", NATS_STREAM: "Events_1" }).config?.stream, "Events_1");
  assertEquals(parse({}), { config: undefined, errors: [] });
});

Deno.test("readNatsConfig() reads the files of TLS", () => {
  const [cert, key] = [Deno.readTextFileSync(TLS.certificate), Deno.readTextFileSync(TLS.key)];
  const read = (variables: Readonly<Record<string, string>>): NatsConfig["tls"] =>
    parse({ NATS_URL: "tls://a", ...variables }).config?.tls;
  assertEquals(read({ NATS_TLS_CA_FILE: TLS.certificate }), { ca: cert });
  const client = { NATS_TLS_CERT_FILE: TLS.certificate, NATS_TLS_KEY_FILE: TLS.key };
  assertEquals(read(client), { client: { cert, key } });
  const errorsOf = (variables: Readonly<Record<string, string>>): readonly string[] =>
    parse(variables).errors;
  const encrypted = { NATS_URL: "tls://a" };
  assertEquals(errorsOf({ ...encrypted, NATS_TLS_CERT_FILE: TLS.certificate }), ["NATS_TLS_CERT_FILE"]);
  assertEquals(errorsOf({ ...encrypted, NATS_TLS_KEY_FILE: TLS.key }), ["NATS_TLS_KEY_FILE"]);
  assertEquals(errorsOf({ ...encrypted, NATS_TLS_CA_FILE: "/none.pem" }), ["NATS_TLS_CA_FILE"]);
  assertEquals(errorsOf({ ...encrypted, NATS_TLS_CA_FILE: import.meta.filename ?? "" }), [
    "NATS_TLS_CA_FILE",
  ]);
  assertEquals(errorsOf({ NATS_URL: "nats://a", NATS_TLS_CA_FILE: TLS.certificate }), ["NATS_TLS_CA_FILE"]);
  assertEquals(errorsOf({ NATS_TLS_CA_FILE: TLS.certificate }), ["NATS_TLS_CA_FILE"]);
});

Deno.test("readNatsConfig() names the variable of an invalid value", () => {
  for (
    const url of [
      ...["http://a", "a:4222", "nats://", "nats://a/path", "nats://a?b=c", "nats://a#b", ",", "nats://a,"],
      ...["nats://a,tls://b", "nats://u:p@a,nats://other:p@b", "nats://%zz:p@a"],
    ]
  ) assertEquals(parse({ NATS_URL: url }).errors, ["NATS_URL"], url);
  assertEquals(parse({ NATS_STREAM: "events" }).errors, ["NATS_STREAM"]);
  assertEquals(parse({ NATS_URL: "nats://a", NATS_STREAM: "a.b" }).errors, ["NATS_STREAM"]);
});
