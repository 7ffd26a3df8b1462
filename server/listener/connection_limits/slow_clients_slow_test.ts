import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import type { StrictResponse } from "../../operation.ts";
import { createServer, type Server } from "../../server.ts";
import {
  type ConnectionLimitOptions,
  type ServerOption,
  withApi,
  withConnectionLimits,
} from "../../server_options.ts";
import { withMaxBodyBytes, withReadTimeout, withWriteTimeout } from "../../server_options.ts";
import { noteApi } from "../../testing/note_api.ts";
import { RawClient } from "../../testing/raw_client.ts";

const HEAD = "GET /notes/1 HTTP/1.1\r\nHost: x\r\n";
const POST = "POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const LARGE_BYTES = 20_000_000;
const LARGE: StrictResponse = {
  status: 200,
  headers: { ETag: '"7"' },
  body: { text: "x".repeat(LARGE_BYTES) },
};

/** Timeouts so long that only the one under test passes. */
const LONG_TIMEOUTS: ConnectionLimitOptions = { idleMs: 600_000 };

function limited(limits: ConnectionLimitOptions, ...options: ServerOption[]): Server {
  const api = withApi(noteApi(({ path }) => Promise.resolve(path["id"] === 9 ? LARGE : { status: 304 })));
  return createServer(
    "127.0.0.1",
    0,
    api,
    withConnectionLimits(limits),
    withReadTimeout(600_000),
    ...options,
  );
}

Deno.test("withConnectionLimits() closes 1,000 connections with incomplete headers while serving others", async () => {
  await using server = limited(LONG_TIMEOUTS, withReadTimeout(5_000));
  const { url } = await server.listen();
  using stack = new DisposableStack();
  const ends: Promise<string>[] = [];
  for (let count = 0; count < 1000; count++) {
    const client = stack.use(await RawClient.open(url));
    await client.send(HEAD);
    ends.push(client.readAll());
  }
  for (let count = 0; count < 20; count++) {
    const live = await fetch(`${url}/livez`);
    assertEquals(live.status, 200);
    await live.body?.cancel();
  }
  for (const end of await Promise.all(ends)) {
    assertMatch(end, /^HTTP\/1\.1 408 [^]*connection: close[^]*"type":"\/problems\/request-timeout"/i);
  }
});

Deno.test("withConnectionLimits() closes a connection whose headers arrive a byte at a time", async () => {
  await using server = limited(LONG_TIMEOUTS, withReadTimeout(1_000));
  using client = await RawClient.open((await server.listen()).url);
  await client.send(`${HEAD}X-Long: `);
  assertMatch(await client.trickle("a"), /^HTTP\/1\.1 408 /);
});

Deno.test("withConnectionLimits() closes a connection without a response if it has sent nothing", async () => {
  await using server = limited(LONG_TIMEOUTS, withReadTimeout(1_000));
  using client = await RawClient.open((await server.listen()).url);
  assertEquals(await client.readAll(), "");
});

Deno.test("withConnectionLimits() closes a connection whose second request is incomplete", async () => {
  await using server = limited(LONG_TIMEOUTS, withReadTimeout(1_000));
  using client = await RawClient.open((await server.listen()).url);
  await client.send(`${HEAD}\r\n`);
  await client.readUntil("\r\n\r\n");
  await client.send(`${HEAD}X-Long: `);
  assertEquals(await client.trickle("a"), "");
});

Deno.test("withConnectionLimits() reuses a connection, and closes an idle connection after its timeout", async () => {
  await using server = limited({ idleMs: 1_000 });
  using client = await RawClient.open((await server.listen()).url);
  for (let count = 0; count < 3; count++) {
    await client.send(`${HEAD}\r\n`);
    assertMatch(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 304 /);
  }
  assertEquals(await client.readAll(), "");
});

Deno.test("withConnectionLimits() closes a connection whose body continues after the response", async () => {
  const bodies: [head: string, status: number, options: ServerOption[]][] = [
    [`${POST}Content-Length: 1000\r\n\r\n{`, 408, [withReadTimeout(1_000)]],
    [`${POST}Transfer-Encoding: chunked\r\n\r\n3e8\r\n{`, 408, [withReadTimeout(1_000)]],
    [`${POST}Content-Length: 1000000\r\n\r\n{`, 413, [withMaxBodyBytes(100)]],
    // A body that the operation ignores; its response has no "Connection: close".
    [`${HEAD}Content-Length: 1000\r\n\r\n{`, 304, [withReadTimeout(1_000)]],
  ];
  await Promise.all(bodies.map(async ([head, status, options]) => {
    await using server = limited(LONG_TIMEOUTS, ...options);
    using client = await RawClient.open((await server.listen()).url);
    await client.send(head);
    assertMatch(await client.trickle("a"), new RegExp(`^HTTP/1\\.1 ${status} `));
  }));
});

Deno.test("withConnectionLimits() closes a connection whose client does not read", async () => {
  await using server = limited(LONG_TIMEOUTS, withWriteTimeout(1000));
  using client = await RawClient.open((await server.listen()).url);
  await client.send("GET /notes/9 HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.trickleUnread("\r");
});

Deno.test("withConnectionLimits() allows a reading client more than the timeout for a large response", async () => {
  await using server = limited({ idleMs: 500 }, withWriteTimeout(4_000));
  using client = await RawClient.open((await server.listen()).url);
  await client.send("GET /notes/9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const start = performance.now();
  let size = 0;
  for (let more = await client.read(); more !== undefined; more = await client.read()) {
    size += more.length;
    // Reads so slowly that the whole response takes twice the timeout.
    const pause = start + 8_000 * size / LARGE_BYTES - performance.now();
    if (pause > 1) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  assertGreaterOrEqual(size, LARGE_BYTES);
});
