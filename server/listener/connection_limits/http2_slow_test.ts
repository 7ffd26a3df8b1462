import { assertEquals } from "@std/assert";
import type { StrictResponse } from "../../operation.ts";
import { createServer, type Server } from "../../server.ts";
import * as options from "../../server_options.ts";
import type { OnRead } from "../../testing/note_api.ts";
import { FRAME, Http2Client, type Http2Frame } from "../../testing/http2_client.ts";
import { noteApi } from "../../testing/note_api.ts";
import { tlsFiles } from "../../testing/tls_files.ts";
import { readTls } from "../../tls.ts";

const PAGE_BYTES = 300_000;
const PAGE: StrictResponse = {
  status: 200,
  headers: { ETag: '"7"' },
  body: { text: "x".repeat(PAGE_BYTES) },
};
const LONG = options.withReadTimeout(600_000);

/** Opens a connection without TLS, or with it. */
type Open = (url: string, window?: number) => Promise<Http2Client>;

const VARIANTS: readonly [name: string, own: readonly options.ServerOption[], open: Open][] = [
  ["plain HTTP/2", [], (url, window) => Http2Client.open(url, { window })],
  ["HTTP/2 over TLS", [options.withTls(tlsFiles("first"))], openTls],
];

async function openTls(url: string, window?: number): Promise<Http2Client> {
  const { cert } = await readTls(tlsFiles("first"));
  const port = Number(new URL(url).port);
  const connection = await Deno.connectTls({
    ...{ hostname: "localhost", port, caCerts: [cert], alpnProtocols: ["http/1.1", "h2"] },
  });
  return await Http2Client.on(connection, { window });
}

function server(...more: options.ServerOption[]): Server {
  const api = noteApi(({ path }) => Promise.resolve(path["id"] === 9 ? PAGE : { status: 304 }));
  return createServer("127.0.0.1", 0, options.withApi(api), ...more);
}

/** RST_STREAM with the code CANCEL. */
const CANCEL = [0, 0, 0, 8];

function headersOf(stream: number): (frame: Http2Frame) => boolean {
  return (frame) => frame.type === FRAME.headers && frame.stream === stream;
}

for (const [name, own, open] of VARIANTS) {
  Deno.test(`withConnectionLimits() keeps an idle connection of ${name} for the idle timeout, whatever it sends`, async () => {
    await using notes = server(
      options.withConnectionLimits({ idleMs: 600_000 }),
      options.withReadTimeout(2_000),
      ...own,
    );
    using client = await open((await notes.listen()).url);
    const first = await client.request({ ":authority": "x", ":path": "/notes/1" });
    await client.frame(headersOf(first));
    // Longer than the read timeout in all; each ping shows that the connection lives.
    const start = performance.now();
    for (let ping = 1; performance.now() - start < 3_000; ping++) {
      await client.send({ type: FRAME.ping, payload: [0, 0, 0, 0, 0, 0, ping >> 8, ping & 255] });
      const pong = await client.frame(({ type, payload }) =>
        type === FRAME.ping && payload[7] === (ping & 255)
      );
      assertEquals(pong?.type, FRAME.ping);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const last = await client.request({ ":authority": "x", ":path": "/notes/1" });
    assertEquals((await client.frame(headersOf(last)))?.stream, last);
  });

  Deno.test(`withConnectionLimits() ends a connection of ${name} that only sends pings`, async () => {
    await using notes = server(options.withConnectionLimits({ idleMs: 600_000 }), LONG, ...own);
    using client = await open((await notes.listen()).url);
    await client.frame(headersOf(await client.request({ ":authority": "x", ":path": "/notes/1" })));
    const payload = Array.from({ length: 8 }, () => 0);
    while (!client.isEnded) await client.send({ type: FRAME.ping, payload }).catch(() => client.ended());
  });

  Deno.test(`withConnectionLimits() keeps a connection of ${name} after a response with Connection: close`, async () => {
    await using notes = server(
      options.withConnectionLimits({ idleMs: 600_000 }),
      options.withMaxBodyBytes(10),
      LONG,
      ...own,
    );
    using client = await open((await notes.listen()).url);
    const refused = await client.request({
      ...{ ":authority": "x", ":path": "/notes", ":method": "POST" },
      ...{ "content-type": "application/json", "content-length": "5000" },
    }, { isOpen: true });
    await client.frame(headersOf(refused));
    // Longer than the linger time of a closing HTTP/1.1 connection.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    const next = await client.request({ ":authority": "x", ":path": "/notes/1" });
    assertEquals((await client.frame(headersOf(next)))?.stream, next);
  });

  Deno.test(`withConnectionLimits() ends connections of ${name} whose clients open no window`, async () => {
    await using notes = server(
      options.withConnectionLimits({ idleMs: 600_000 }),
      options.withWriteTimeout(1_000),
      LONG,
      ...own,
    );
    const { url } = await notes.listen();
    await Promise.all([0, 1, 65_535].map(async (window) => {
      using client = await open(url, window);
      for (let count = 0; count < 50; count++) {
        await client.request({ ":authority": "x", ":path": "/notes/9" });
      }
      while (!client.isEnded) {
        const head = client.request({ ":authority": "x", ":path": "/livez", ":method": "HEAD" });
        await head.catch(() => client.ended());
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }));
  });
}

Deno.test("withConnectionLimits() keeps a connection of HTTP/2 whose client cancels requests", async () => {
  const started = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  const onRead: OnRead = async ({ path }, { signal }) => {
    if (path["id"] !== 9) return { status: 304 };
    signal.addEventListener("abort", () => cancelled.resolve());
    started.resolve();
    await cancelled.promise;
    return PAGE;
  };
  await using notes = createServer(
    "127.0.0.1",
    0,
    options.withApi(noteApi(onRead)),
    options.withConnectionLimits({ idleMs: 600_000 }),
    options.withWriteTimeout(1_000),
    LONG,
  );
  using client = await Http2Client.open((await notes.listen()).url);
  const stream = await client.request({ ":authority": "x", ":path": "/notes/9" });
  await started.promise;
  await client.send({ type: FRAME.reset, stream, payload: CANCEL });
  await cancelled.promise;
  // Longer than the write timeout.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const next = await client.request({ ":authority": "x", ":path": "/notes/1" });
  assertEquals((await client.frame(headersOf(next)))?.stream, next);
});

Deno.test("withConnectionLimits() bounds what one connection of HTTP/2 may owe, and goes on when the client reads", async () => {
  let pages = 0;
  function onRead(): Promise<StrictResponse> {
    pages++;
    return Promise.resolve(PAGE);
  }
  await using notes = createServer(
    "127.0.0.1",
    0,
    options.withApi(noteApi(onRead)),
    options.withConnectionLimits(),
  );
  using client = await Http2Client.open((await notes.listen()).url, { window: 0 });
  const streams: number[] = [];
  for (let count = 0; count < 150; count++) {
    streams.push(await client.request({ ":authority": "x", ":path": "/notes/9" }));
  }
  await client.send({ type: FRAME.ping, payload: [1, 2, 3, 4, 5, 6, 7, 8] });
  await client.frame(({ type }) => type === FRAME.ping);
  assertEquals(pages <= 64, true, `${pages} pages were created`);
  // Window updates for the connection, then for each stream.
  await client.send({ type: FRAME.windowUpdate, payload: [0x7f, 0, 0, 0] });
  for (const stream of streams) {
    await client.send({ type: FRAME.windowUpdate, stream, payload: [0, 0x10, 0, 0] });
  }
  for (const stream of streams) await client.frame((frame) => frame.stream === stream && frame.flags === 1);
  assertEquals(pages, 150);
});
