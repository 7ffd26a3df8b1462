import { assertEquals } from "@std/assert";
import { type ListenerConfig, readListenerConfig } from "./listener_config.ts";
import { EnvironmentReader } from "./environment_reader.ts";

function parse(
  environment: Readonly<Record<string, string>>,
  host = "127.0.0.1",
): [ListenerConfig, string[]] {
  const settings = new EnvironmentReader((name) => environment[name]);
  return [readListenerConfig(settings, host), settings.errors.map(({ variable }) => variable)];
}

Deno.test("readListenerConfig() limits connections by default unless it listens on loopback without TLS", () => {
  const tls = { TLS_CERT_FILE: "server.crt", TLS_KEY_FILE: "server.key" };
  const cases: [environment: Readonly<Record<string, string>>, host: string, limited: boolean][] = [
    [{}, "127.0.0.1", false],
    [{}, "0.0.0.0", true],
    [{}, "::", true],
    [{}, "api.example.com", true],
    [tls, "127.0.0.1", true],
    [{ SLOW_CLIENT_GUARD: "on" }, "127.0.0.1", true],
    [{ SLOW_CLIENT_GUARD: "off" }, "0.0.0.0", false],
    [{ ...tls, SLOW_CLIENT_GUARD: "off" }, "0.0.0.0", false],
  ];
  for (const [environment, host, limited] of cases) {
    const [{ connectionLimits }, errors] = parse(environment, host);
    assertEquals([connectionLimits !== undefined, errors], [limited, []], host);
  }
});

Deno.test("readListenerConfig() accepts PROXY_PROTOCOL with connection limits and trusted proxies alone", () => {
  const proxies = { PROXY_PROTOCOL: "true", TRUSTED_PROXIES: "10.0.0.0/8" };
  const [{ proxyProtocol }, errors] = parse({ ...proxies, SLOW_CLIENT_GUARD: "on" });
  assertEquals([proxyProtocol, errors], [true, []]);
  assertEquals(parse({ ...proxies, SLOW_CLIENT_GUARD: "off" })[1], ["PROXY_PROTOCOL"]);
  assertEquals(parse({ PROXY_PROTOCOL: "true" }, "0.0.0.0")[1], ["TRUSTED_PROXIES"]);
});

Deno.test("readListenerConfig() reads the connection limits", () => {
  const [defaults] = parse({ SLOW_CLIENT_GUARD: "on" });
  assertEquals(defaults.connectionLimits, {
    idleMs: 75_000,
    maxConnections: 5000,
    maxConnectionsPerAddress: 0,
  });
  const [{ connectionLimits }] = parse({
    SLOW_CLIENT_GUARD: "on",
    IDLE_TIMEOUT: "5s",
    MAX_CONNECTIONS: "100",
    MAX_CONNECTIONS_PER_ADDRESS: "10",
  });
  assertEquals(connectionLimits, { idleMs: 5000, maxConnections: 100, maxConnectionsPerAddress: 10 });
  const [, errors] = parse({ SLOW_CLIENT_GUARD: "yes", MAX_CONNECTIONS: "0", IDLE_TIMEOUT: "75" });
  assertEquals(errors, ["SLOW_CLIENT_GUARD", "IDLE_TIMEOUT", "MAX_CONNECTIONS"]);
});

Deno.test("readListenerConfig() requires both files of TLS or neither", () => {
  assertEquals(parse({ TLS_CERT_FILE: "c", TLS_KEY_FILE: "k" })[0].tls, { certificate: "c", key: "k" });
  assertEquals(parse({ TLS_CERT_FILE: "c" })[1], ["TLS_KEY_FILE"]);
  assertEquals(parse({ TLS_KEY_FILE: "k" })[1], ["TLS_CERT_FILE"]);
});
