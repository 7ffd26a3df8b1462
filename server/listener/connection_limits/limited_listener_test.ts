import { assertEquals } from "@std/assert";
import { HttpListener } from "../http_listener.ts";
import type { Handle, Listener } from "../../listener.ts";
import { SILENT_LOGGER } from "../../logger.ts";
import { hold } from "../../testing/hold.ts";
import { RawClient } from "../../testing/raw_client.ts";
import { LimitedListener } from "./limited_listener.ts";

const ADDRESS = { hostname: "127.0.0.1", port: 0 };
const LIMITS = {
  readMs: 60_000,
  idleMs: 60_000,
  writeMs: 60_000,
  maxConnections: 10,
  maxConnectionsPerAddress: 0,
};

const LISTENERS: readonly [name: string, open: (handle: Handle) => Listener][] = [
  ["HttpListener", (handle) => new HttpListener(handle, ADDRESS)],
  [
    "LimitedListener",
    (handle) => new LimitedListener(handle, { ...ADDRESS, logger: SILENT_LOGGER, limits: LIMITS }),
  ],
];

for (const [name, open] of LISTENERS) {
  Deno.test(`${name} reports the address of the client`, async () => {
    const peers: Deno.NetAddr[] = [];
    const listener = open((_request, peer) => {
      peers.push(peer.remoteAddr);
      return Promise.resolve(new Response());
    });
    using client = await RawClient.open(`http://127.0.0.1:${listener.addr.port}`);
    await client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    await client.readUntil("\r\n\r\n");
    const { hostname, port } = client.localAddr;
    assertEquals(peers.map((peer) => [peer.hostname, peer.port]), [[hostname, port]]);
    await listener.shutdown();
  });

  Deno.test(`${name}.abort() closes connections with requests in flight`, async () => {
    const held = hold(() => new Response(null, { headers: { Connection: "close" } }));
    const listener = open(held.handle);
    using client = await RawClient.open(`http://127.0.0.1:${listener.addr.port}`);
    await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await held.entered;
    await listener.abort();
    assertEquals(await client.readAll(), "");
    held.release();
  });

  Deno.test(`${name}.abort() does not wait for a pending shutdown`, async () => {
    const held = hold(() => new Response(null, { headers: { Connection: "close" } }));
    const listener = open(held.handle);
    using client = await RawClient.open(`http://127.0.0.1:${listener.addr.port}`);
    await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await held.entered;
    const stopped = listener.shutdown();
    await listener.abort();
    held.release();
    await stopped;
  });
}
