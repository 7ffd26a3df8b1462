import { assertEquals, assertMatch } from "@std/assert";
import type { StrictResponse } from "../../operation.ts";
import type { OnRead } from "../../testing/note_api.ts";
import { createServer } from "../../server.ts";
import { withApi, withConnectionLimits } from "../../server_options.ts";
import { noteApi } from "../../testing/note_api.ts";
import { RawClient } from "../../testing/raw_client.ts";

const GET = "GET /notes/1 HTTP/1.1\r\nHost: x\r\n";

/** Returns a handler that reports its calls and responds when released. */
function hold(): { readonly onRead: OnRead; entered(): Promise<void>; release(): void } {
  const released = Promise.withResolvers<void>();
  const waiting: (() => void)[] = [];
  let calls = 0;
  return {
    release: released.resolve,
    async entered(): Promise<void> {
      if (calls-- > 0) return;
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    async onRead(): Promise<StrictResponse> {
      calls++;
      waiting.shift()?.();
      await released.promise;
      return { status: 304 };
    },
  };
}

Deno.test("withConnectionLimits() serves pipelined requests in order", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), withConnectionLimits());
  using client = await RawClient.open((await server.listen()).url);
  await client.send(
    `${GET}\r\nGET /notes/2 HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.0\r\nHost: x\r\n\r\n`,
  );
  const statuses = (await client.readAll()).matchAll(/HTTP\/1\.[01] ([0-9]{3})/g);
  assertEquals([...statuses].map(([, status]) => status), ["200", "409", "200"]);
});

Deno.test("withConnectionLimits() responds to a client that has closed its sending side", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), withConnectionLimits());
  using client = await RawClient.open((await server.listen()).url);
  await client.send(`${GET}Connection: close\r\n\r\n`);
  await client.closeWrite();
  assertMatch(await client.readAll(), /^HTTP\/1\.1 200 [^]*\{"text":"é"\}$/);
});

Deno.test("withConnectionLimits() serves a request for an upgrade without upgrading", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), withConnectionLimits({ idleMs: 50 }));
  const { url } = await server.listen();
  for (const protocol of ["websocket", "h2c"]) {
    using client = await RawClient.open(url);
    await client.send(`${GET}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
    assertMatch(await client.readAll(), /^HTTP\/1\.1 200 /);
  }
});

Deno.test("withConnectionLimits() evicts the longest-idle connection for a new one", async () => {
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(noteApi()),
    withConnectionLimits({ maxConnections: 3 }),
  );
  const { url } = await server.listen();
  using stack = new DisposableStack();
  const open = async (): Promise<RawClient> => stack.use(await RawClient.open(url));
  const silent = await open();
  const served = await open();
  await served.send(`${GET}\r\n`);
  await served.readUntil("é");
  const partial = await open();
  await partial.send(GET);
  for (let count = 0; count < 3; count++) {
    const latest = await open();
    await latest.send(`${GET}\r\n`);
    assertMatch(await latest.readUntil("é"), /^HTTP\/1\.1 200 /);
  }
  assertEquals([await silent.readAll(), await served.readAll()], ["", ""]);
  assertMatch(await partial.readAll(), /^HTTP\/1\.1 503 [^]*retry-after: 1\r\n/i);
});

Deno.test("withConnectionLimits() rejects new connections while all are busy", async () => {
  const held = hold();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(noteApi(held.onRead)),
    withConnectionLimits({ maxConnections: 2 }),
  );
  const { url } = await server.listen();
  using first = await RawClient.open(url);
  using second = await RawClient.open(url);
  for (const client of [first, second]) {
    await client.send(`${GET}\r\n`);
    await held.entered();
  }
  using rejected = await RawClient.open(url);
  assertMatch(await rejected.readAll(), /^HTTP\/1\.1 503 [^]*"type":"\/problems\/unavailable"/);
  held.release();
  for (const client of [first, second]) assertMatch(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 304 /);
});

Deno.test("withConnectionLimits() limits the connections per address until one of them ends", async () => {
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(noteApi()),
    withConnectionLimits({ maxConnectionsPerAddress: 2 }),
  );
  const { url } = await server.listen();
  using first = await RawClient.open(url);
  await first.send(`${GET}\r\n`);
  await first.readUntil("é");
  {
    using second = await RawClient.open(url);
    await second.send(`${GET}\r\n`);
    await second.readUntil("é");
    using third = await RawClient.open(url);
    assertMatch(await third.readAll(), /^HTTP\/1\.1 503 /);
  }
  for (let served = false; !served;) {
    using next = await RawClient.open(url);
    // The server may close a rejected connection while the client still sends.
    await next.send(`${GET}Connection: close\r\n\r\n`).catch(() => {});
    served = (await next.readAll()).startsWith("HTTP/1.1 200 ");
  }
});
