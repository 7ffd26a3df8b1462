import { assertEquals, assertMatch } from "@std/assert";
import { type Logger, SILENT_LOGGER } from "../../logger.ts";
import { Exchange } from "../../request/exchange.ts";
import { RawClient } from "../../testing/raw_client.ts";
import { trustProxies } from "../../testing/trust_proxies.ts";
import { LimitedListener } from "./limited_listener.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const HEADER = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n";
const LIMITS = {
  ...{ readMs: 60_000, idleMs: 60_000, writeMs: 60_000, maxConnections: 10, maxConnectionsPerAddress: 1 },
};

interface OpenOptions {
  readonly proxies: string;
  readonly logger?: Logger;
}

/** Opens a listener that responds with the address of the client. */
function open({ proxies, logger = SILENT_LOGGER }: OpenOptions): LimitedListener {
  return new LimitedListener(
    (_request, { remoteAddr }) => Promise.resolve(new Response(`${remoteAddr.hostname} ${remoteAddr.port}`)),
    { hostname: "127.0.0.1", port: 0, limits: LIMITS, logger, proxies: trustProxies(proxies) },
  );
}

async function connect(listener: LimitedListener): Promise<RawClient> {
  return await RawClient.open(`http://127.0.0.1:${listener.addr.port}`);
}

Deno.test("LimitedListener takes the address of the client from a trusted proxy, in any pieces", async () => {
  const listener = open({ proxies: "127.0.0.1" });
  for (const pieces of [[HEADER + GET], [HEADER.slice(0, 9), HEADER.slice(9), GET], [...HEADER, GET]]) {
    using client = await connect(listener);
    for (const piece of pieces) await client.send(piece);
    assertMatch(await client.readAll(), /^HTTP\/1\.1 200 [^]*\r\n\r\n192\.0\.2\.1 4711$/);
  }
  await listener.shutdown();
});

Deno.test("LimitedListener closes connections of a trusted proxy without a header, and counts them", async () => {
  const logged: unknown[] = [];
  const warn = (_message: string, properties?: Record<string, unknown>): void =>
    void logged.push(properties?.["counts"]);
  const listener = open({ proxies: "127.0.0.1", logger: { ...SILENT_LOGGER, warn } });
  for (const bytes of [GET, `PROXY TCP4 nonsense\r\n${GET}`]) {
    using client = await connect(listener);
    await client.send(bytes);
    assertEquals(await client.readAll(), "");
  }
  await listener.shutdown();
  assertEquals(logged, [{ proxyHeader: 2 }]);
});

Deno.test("LimitedListener does not accept a header from other addresses", async () => {
  const listener = open({ proxies: "192.0.2.9" });
  using client = await connect(listener);
  await client.send(HEADER + GET);
  assertMatch(await client.readAll(), /^HTTP\/1\.1 400 /);
  await listener.shutdown();
});

Deno.test("LimitedListener limits connections by the address of the client behind a proxy", async () => {
  const listener = open({ proxies: "127.0.0.1" });
  using first = await connect(listener);
  await first.send(`${HEADER}GET / HTTP/1.1\r\nHost: x\r\n\r\n`);
  await first.readUntil("4711");
  using second = await connect(listener);
  await second.send(HEADER + GET);
  assertEquals(await second.readAll(), "");
  using other = await connect(listener);
  await other.send(HEADER.replace("192.0.2.1", "192.0.2.7") + GET);
  assertMatch(await other.readAll(), /192\.0\.2\.7 4711$/);
  await listener.shutdown();
});

Deno.test("LimitedListener ignores forwarding headers on connections for which the proxy names no client", async () => {
  const proxies = trustProxies("127.0.0.1");
  const listener = new LimitedListener(
    (request, peer) => Promise.resolve(new Response(new Exchange(request, { peer, proxies }).clientAddress)),
    { hostname: "127.0.0.1", port: 0, limits: LIMITS, logger: SILENT_LOGGER, proxies },
  );
  const forwarded = "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n";
  const binary = "\r\n\r\n\0\r\nQUIT\n";
  for (
    const [header, expected] of [
      ["PROXY UNKNOWN\r\n", "127.0.0.1"],
      [`${binary}\x20\0\0\0`, "127.0.0.1"],
      [`${binary}\x21\0\0\0`, "127.0.0.1"],
      [HEADER, "192.0.2.1"],
      // Another trusted proxy, which forwards for its client.
      [HEADER.replace("192.0.2.1", "127.0.0.1"), "203.0.113.7"],
    ] as const
  ) {
    using client = await connect(listener);
    await client.send(header + forwarded);
    assertEquals((await client.readAll()).split("\r\n\r\n")[1], expected, JSON.stringify(header));
  }
  await listener.shutdown();
});
