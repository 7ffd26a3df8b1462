import { assertEquals } from "@std/assert";
import { type NatsConfig, readNatsConfig } from "./nats_config.ts";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";

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
    tls: false,
    stream: "archway",
  });
  assertEquals(read("tls://archway:p%40ss@a:4333, tls://b"), {
    servers: ["a:4333", "b:4222"],
    tls: true,
    credentials: { user: "archway", password: "p@ss" },
    stream: "archway",
  });
  assertEquals(read("nats://secret-token@[::1]:4222"), {
    servers: ["[::1]:4222"],
    tls: false,
    credentials: { token: "secret-token" },
    stream: "archway",
  });
  assertEquals(parse({ NATS_URL: "nats://a", NATS_STREAM: "Events_1" }).config?.stream, "Events_1");
  assertEquals(parse({}), { config: undefined, errors: [] });
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
