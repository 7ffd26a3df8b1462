import { assertEquals } from "@std/assert";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { LimitedListener } from "@archway/server/listener/connection_limits/limited_listener.ts";
import { SILENT_LOGGER } from "@archway/server/logger.ts";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { trustProxies } from "@archway/server/testing/trust_proxies.ts";
import { readTls } from "@archway/server/tls.ts";
import { healthcheck } from "./healthcheck_command.ts";

const LIMITS = {
  ...{ readMs: 60_000, idleMs: 60_000, writeMs: 60_000, maxConnections: 10, maxConnectionsPerAddress: 0 },
};

/** Runs the command against a listener that responds to /livez alone, and returns its exit code. */
async function check(
  { proxies, encrypted = false, environment = {}, args = ["--live"] }: {
    readonly proxies?: string;
    readonly encrypted?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
  },
): Promise<number> {
  const files = tlsFiles("first");
  const listener = new LimitedListener(
    ({ url }) => Promise.resolve(new Response(null, { status: url.endsWith("/livez") ? 200 : 503 })),
    {
      ...{ hostname: "127.0.0.1", port: 0, limits: LIMITS, logger: SILENT_LOGGER },
      ...(encrypted && { tls: await readTls(files) }),
      ...(proxies !== undefined && { proxies: trustProxies(...proxies.split(",")) }),
    },
  );
  const variables: Readonly<Record<string, string>> = {
    HOST: "127.0.0.1",
    PORT: String(listener.addr.port),
    SLOW_CLIENT_GUARD: "on",
    ...(encrypted && { TLS_CERT_FILE: files.certificate, TLS_KEY_FILE: files.key }),
    ...(proxies !== undefined && { PROXY_PROTOCOL: "true", TRUSTED_PROXIES: proxies }),
    ...environment,
  };
  const code = await healthcheck(args, {
    project: "archway",
    reader: new EnvironmentReader((name) => variables[name]),
  });
  await listener.shutdown();
  return code;
}

Deno.test("healthcheck() sends a header of the PROXY protocol from an address that is trusted", async () => {
  for (const encrypted of [false, true]) {
    for (const proxies of ["127.0.0.1", "10.0.0.0/8,127.0.0.0/8"]) {
      assertEquals(await check({ proxies, encrypted }), 0);
      assertEquals(await check({ proxies, encrypted, environment: { HOST: "0.0.0.0" } }), 0);
    }
  }
});

Deno.test("healthcheck() sends no header of the PROXY protocol from other addresses, or without the setting", async () => {
  for (const encrypted of [false, true]) {
    assertEquals(await check({ encrypted }), 0);
    assertEquals(await check({ encrypted, environment: { TRUSTED_PROXIES: "127.0.0.1" } }), 0);
    assertEquals(await check({ proxies: "192.0.2.1,::1", encrypted }), 0);
  }
});

Deno.test("healthcheck() fails on another status, and if the server closes the connection", async () => {
  assertEquals(await check({ args: [] }), 1);
  for (const encrypted of [false, true]) {
    const environment = { PROXY_PROTOCOL: "false" };
    assertEquals(await check({ proxies: "127.0.0.1", encrypted, environment }), 1);
  }
});
