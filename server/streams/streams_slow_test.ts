import { assert, assertEquals, assertMatch } from "@std/assert";
import type { StrictResponse } from "../operation.ts";
import { createServer, type Server } from "../server.ts";
import {
  type ServerOption,
  withApi,
  withConnectionLimits,
  withDrain,
  withLogger,
  withMaxBodyBytes,
  withReadTimeout,
  withWriteTimeout,
} from "../server_options.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import { RawClient } from "../testing/raw_client.ts";
import { streamApi, type StreamHandlers } from "../testing/stream_api.ts";

const VARIANTS: readonly [variant: string, limits: ServerOption[]][] = [
  ["", []],
  [" with connection limits", [withConnectionLimits()]],
];
const MIB = 1_048_576;

function streamServer(handlers: StreamHandlers, ...options: ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(streamApi(handlers)), ...options);
}

function ok(body: unknown): Promise<StrictResponse> {
  return Promise.resolve({ status: 200, body });
}

/** Returns a stream of chunks of 64 KiB. */
function chunks(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller): void {
      if (sent++ === count) controller.close();
      else controller.enqueue(new Uint8Array(65_536));
    },
  });
}

/** Yields events until the signal aborts. */
async function* ticks(signal: AbortSignal, onReturn: () => void): AsyncGenerator<unknown> {
  try {
    for (let id = 0; !signal.aborted; id++) {
      yield { id: String(id), data: "tick" };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  } finally {
    onReturn();
  }
}

/**
 * Returns how much memory a function needs at most, in MiB, before garbage is collected. Only values and buffers of this test file count: others run in
 * the same process.
 */
async function peakMemory(run: () => Promise<void>): Promise<number> {
  const used = (): number => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let peak = before;
  const timer = setInterval(() => peak = Math.max(peak, used()), 5);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
  return (peak - before) / MIB;
}

for (const [variant, limits] of VARIANTS) {
  Deno.test(`a download of 400 MiB${variant} needs no memory for it`, async () => {
    await using server = streamServer({
      readFile: () => ok({ size: 400 * MIB, open: () => chunks(6400) }),
      listRows: () =>
        Promise.resolve({
          status: 200,
          contentType: "application/x-ndjson",
          body: ReadableStream.from(rows(100_000)),
        }),
    }, ...limits);
    const { url } = await server.listen();
    const download = async (path: string): Promise<number> => {
      let bytes = 0;
      for await (const chunk of (await fetch(`${url}${path}`)).body ?? []) bytes += chunk.length;
      return bytes;
    };
    const peak = await peakMemory(async () => {
      assertEquals(await download("/file"), 400 * MIB);
      assert(await download("/rows") > 100_000 * 10);
    });
    assert(peak < 200, `${peak} MiB`);
  });

  Deno.test(`a slow reader${variant} gets the whole body, and holds no more than a part of it`, async () => {
    let pulled = 0;
    const file = (): ReadableStream<Uint8Array> =>
      chunks(500).pipeThrough(
        new TransformStream({ transform: (chunk, out) => (pulled++, out.enqueue(chunk)) }),
      );
    await using server = streamServer({ readFile: () => ok(file()) }, withWriteTimeout(2_000), ...limits);
    const { url } = await server.listen();
    const response = await fetch(`${url}/file`);
    let bytes = 0;
    let most = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      most = Math.max(most, pulled - bytes / 65_536);
      // Slower than the write timeout in all, not in a part.
      if (bytes % (4 * MIB) < 65_536) await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assertEquals(bytes, 500 * 65_536);
    assert(most < 400, `${most} chunks ahead`);
  });

  Deno.test(`an upload of 400 MiB${variant} needs no memory for it`, async () => {
    await using server = streamServer(
      {
        upload: async ({ body }) => {
          assert(body instanceof ReadableStream);
          let bytes = 0;
          for await (const chunk of body) bytes += chunk.length;
          return { status: 200, body: { bytes } };
        },
      },
      withMaxBodyBytes(1_000_000_000),
      ...limits,
    );
    const { url } = await server.listen();
    const peak = await peakMemory(async () => {
      const response = await fetch(`${url}/file`, {
        method: "POST",
        headers: { "Content-Type": "application/octet-stream" },
        body: chunks(6400),
      });
      assertEquals(await response.json(), { bytes: 400 * MIB });
    });
    assert(peak < 200, `${peak} MiB`);
  });

  Deno.test(`an event stream${variant} may be idle for longer than every timeout`, async () => {
    // Long enough for the request itself on a busy machine.
    const timeoutMs = 1_000;
    const idle = limits.length === 0 ? [] : [withConnectionLimits({ idleMs: timeoutMs })];
    await using server = streamServer(
      {
        watch: () =>
          ok(async function* (): AsyncGenerator<unknown> {
            yield { data: "first" };
            await new Promise((resolve) => setTimeout(resolve, 3 * timeoutMs));
            yield { data: "last" };
          }()),
      },
      withReadTimeout(timeoutMs),
      withWriteTimeout(timeoutMs),
      ...idle,
    );
    const { url } = await server.listen();
    assertEquals(await (await fetch(`${url}/events`)).text(), "data: first\n\ndata: last\n\n");
  });

  Deno.test(`Server.shutdown()${variant} ends event streams complete`, async () => {
    const log = new LogRecorder();
    const returned = Promise.withResolvers<void>();
    await using server = streamServer(
      { watch: (_request, { signal }) => ok(ticks(signal, returned.resolve)) },
      withLogger(log),
      ...limits,
    );
    const { url } = await server.listen();
    using client = await RawClient.open(url);
    await client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.readUntil("tick");
    const stopped = server.shutdown();
    assertMatch(await client.readUntil("0\r\n\r\n"), /0\r\n\r\n$/);
    assertEquals(await stopped, { cancelled: 0 });
    await returned.promise;
    assertEquals(log.lines, []);
  });

  Deno.test(`Server.shutdown()${variant} lets downloads finish, and breaks off what takes longer`, async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const returned = Promise.withResolvers<void>();
    await using server = streamServer(
      {
        readText: () =>
          ok(ReadableStream.from(async function* (): AsyncGenerator<Uint8Array> {
            yield new Uint8Array(3);
            entered.resolve();
            await release.promise;
            yield new TextEncoder().encode("end");
          }())),
        listRows: (_request, { signal }) =>
          Promise.resolve({
            status: 200,
            contentType: "application/x-ndjson",
            body: ticks(signal, returned.resolve),
          }),
      },
      withDrain({ timeoutMs: 3_000 }),
      ...limits,
    );
    const { url } = await server.listen();
    using text = await RawClient.open(url);
    await text.send("GET /text HTTP/1.1\r\nHost: x\r\n\r\n");
    using rows = await RawClient.open(url);
    await rows.send("GET /rows HTTP/1.1\r\nHost: x\r\n\r\n");
    await rows.readUntil("tick");
    await entered.promise;
    const stopped = server.shutdown();
    release.resolve();
    assertMatch(await text.readUntil("0\r\n\r\n"), /end\r\n0\r\n\r\n$/);
    const rest = await rows.readAll();
    assert(!rest.endsWith("0\r\n\r\n"));
    assertEquals(await stopped, { cancelled: 1 });
    await returned.promise;
  });

  Deno.test(`Server.shutdown()${variant} lets a body that is read while it arrives end`, async () => {
    await using server = streamServer({
      upload: async ({ body }) => {
        assert(body instanceof ReadableStream);
        let bytes = 0;
        for await (const chunk of body) {
          bytes += chunk.length;
          // Longer than the server waits for the bytes themselves.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
        return { status: 200, body: { bytes } };
      },
    }, ...limits);
    const { url } = await server.listen();
    using client = await RawClient.open(url);
    await client.send(
      "POST /file HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 6\r\n\r\nabc",
    );
    await (await fetch(`${url}/livez`)).body?.cancel();
    const stopped = server.shutdown();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.send("def");
    assertMatch(await client.readUntil("}"), /^HTTP\/1\.1 200 [^]*\{"bytes":6\}$/);
    assertEquals(await stopped, { cancelled: 0 });
  });
}

function* rows(count: number): Generator<unknown> {
  for (let i = 0; i < count; i++) yield { name: `row ${i}` };
}
