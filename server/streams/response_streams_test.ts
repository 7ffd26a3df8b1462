import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { downloadResponse } from "../byte_range.ts";
import type { StrictResponse } from "../operation.ts";
import { createServer, type Server } from "../server.ts";
import {
  type ServerOption,
  withApi,
  withCompression,
  withConnectionLimits,
  withHeartbeat,
  withLogger,
  withResponseValidation,
  withWriteTimeout,
} from "../server_options.ts";
import { LogRecorder } from "../testing/log_recorder.ts";
import { RawClient } from "../testing/raw_client.ts";
import { rawExchange } from "../testing/raw_exchange.ts";
import { streamApi, type StreamHandlers } from "../testing/stream_api.ts";

const END = "Connection: close\r\n\r\n";
const VARIANTS: readonly [variant: string, limits: ServerOption[]][] = [
  ["", []],
  [" with connection limits", [withConnectionLimits()]],
];

function streamServer(handlers: StreamHandlers, ...options: ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(streamApi(handlers)), ...options);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function ok(body: unknown): Promise<StrictResponse> {
  return Promise.resolve({ status: 200, body });
}

/** Returns a stream of chunks of 64 KiB without an end, and what happened to it. */
function endless(): {
  readonly stream: ReadableStream<Uint8Array>;
  pulled: number;
  cancelled: Promise<void>;
} {
  const cancelled = Promise.withResolvers<void>();
  const state = {
    pulled: 0,
    cancelled: cancelled.promise,
    stream: new ReadableStream<Uint8Array>({
      pull(controller): void {
        state.pulled++;
        controller.enqueue(new Uint8Array(65_536));
      },
      cancel: () => cancelled.resolve(),
    }),
  };
  return state;
}

Deno.test("a handler's stream of bytes or text is sent as the body", async () => {
  await using server = streamServer(
    {
      readFile: () => ok(ReadableStream.from([bytesOf("ab"), bytesOf("c")])),
      readText: () => ok(ReadableStream.from([bytesOf("1,"), bytesOf("2")])),
    },
    withResponseValidation(true),
    withCompression(1),
  );
  const { url } = await server.listen();
  const file = await fetch(`${url}/file`);
  assertEquals(
    [file.status, file.headers.get("content-type"), file.headers.get("content-length"), await file.text()],
    [200, "application/octet-stream", null, "abc"],
  );
  assertEquals(file.headers.get("vary"), null);
  const text = await fetch(`${url}/text`);
  assertEquals([text.headers.get("content-type"), await text.text()], ["text/csv", "1,2"]);
});

Deno.test("a stream of known size has a Content-Length, and fails if it has another size", async () => {
  const log = new LogRecorder();
  let size = 3;
  await using server = streamServer({
    readFile: () => ok({ size, open: () => ReadableStream.from([bytesOf("ab"), bytesOf("c")]) }),
  }, withLogger(log));
  const { url } = await server.listen();
  const get = `GET /file HTTP/1.1\r\nHost: x\r\n${END}`;
  assertMatch(await rawExchange(url, get), /\r\ncontent-length: 3\r\n[^]*\r\n\r\nabc$/i);
  for (size of [2, 4]) {
    const response = await rawExchange(url, get);
    assertMatch(response, new RegExp(`\r\ncontent-length: ${size}\r\n`, "i"));
    assertEquals(log.lines.length, 1);
    assertMatch(String(log.lines.pop()?.properties["error"]), /has (?:more|3) bytes, not/);
  }
});

Deno.test("a stream is cancelled unread for HEAD and for a matching If-None-Match", async () => {
  const cancelled: string[] = [];
  const stream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ cancel: () => void cancelled.push("cancel") });
  await using server = streamServer({
    readFile: () => Promise.resolve({ status: 200, headers: { ETag: '"1"' }, body: stream() }),
    watch: () =>
      ok(
        async function* (): AsyncGenerator<unknown> {
          cancelled.push("run");
          yield await Promise.resolve({ data: "x" });
        }(),
      ),
  });
  const { url } = await server.listen();
  const head = await rawExchange(url, `HEAD /file HTTP/1.1\r\nHost: x\r\n${END}`);
  assertMatch(head, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  assert(!/content-length/i.test(head), head);
  const unchanged = await rawExchange(url, `GET /file HTTP/1.1\r\nHost: x\r\nIf-None-Match: "1"\r\n${END}`);
  assertMatch(unchanged, /^HTTP\/1\.1 304 [^]*\r\n\r\n$/);
  const events = await rawExchange(url, `HEAD /events HTTP/1.1\r\nHost: x\r\n${END}`);
  assertMatch(events, /^HTTP\/1\.1 200 [^]*content-type: text\/event-stream[^]*\r\n\r\n$/i);
  assertEquals(cancelled, ["cancel", "cancel"]);
});

for (const [variant, limits] of VARIANTS) {
  Deno.test(`a stream that fails${variant} ends the connection before the body, and is logged once`, async () => {
    const log = new LogRecorder();
    await using server = streamServer(
      {
        readFile: () =>
          ok(ReadableStream.from(async function* (): AsyncGenerator<Uint8Array> {
            yield await Promise.resolve(bytesOf("begin"));
            throw new Error("The disk is gone");
          }())),
        listRows: () =>
          ok(
            async function* (): AsyncGenerator<unknown> {
              yield await Promise.resolve({ name: "a" });
              throw new Error("The database is gone");
            }(),
          ),
      },
      withLogger(log),
      ...limits,
    );
    const { url } = await server.listen();
    for (const path of ["/file", "/rows"]) {
      const response = await rawExchange(url, `GET ${path} HTTP/1.1\r\nHost: x\r\n${END}`);
      assertMatch(response, /^HTTP\/1\.1 200 /);
      assertMatch(response, /transfer-encoding: chunked/i);
      assert(!response.endsWith("0\r\n\r\n"), response);
    }
    assertEquals(
      log.lines.map(({ message, properties }) => [message, properties["route"], properties["status"]]),
      [
        ["Response {status} to request {requestId} failed after its head was sent", "/file", 200],
        ["Response {status} to request {requestId} failed after its head was sent", "/rows", 200],
      ],
    );
  });

  Deno.test(`a client that disconnects${variant} cancels the stream and aborts the signal`, async () => {
    const log = new LogRecorder();
    const { stream, cancelled } = endless();
    const aborted = Promise.withResolvers<void>();
    const returned = Promise.withResolvers<void>();
    await using server = streamServer(
      {
        readFile: (_request, { signal }) => {
          signal.addEventListener("abort", () => aborted.resolve());
          return ok(stream);
        },
        watch: (_request, { signal }) =>
          ok(
            async function* (): AsyncGenerator<unknown> {
              try {
                yield { data: "first" };
                await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
              } finally {
                returned.resolve();
              }
            }(),
          ),
      },
      withLogger(log),
      ...limits,
    );
    const { url } = await server.listen();
    // The limits take a client that has closed its connection for one that still waits, for two seconds.
    const paths = limits.length === 0 ? ["/file", "/events"] : ["/file"];
    if (limits.length > 0) returned.resolve();
    for (const path of paths) {
      using client = await RawClient.open(url);
      await client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await client.readUntil(path === "/file" ? "\0" : "first");
    }
    await Promise.all([cancelled, aborted.promise, returned.promise]);
    assertEquals(log.lines, []);
    assertEquals(endsOf(log), paths.map(() => "the client disconnected"));
  });

  Deno.test(`a client that does not read${variant} stops the stream, and is left at the write timeout`, async () => {
    const file = endless();
    const log = new LogRecorder();
    await using server = streamServer(
      { readFile: () => ok(file.stream) },
      withWriteTimeout(300),
      withLogger(log),
      ...limits,
    );
    const { url } = await server.listen();
    using client = await RawClient.open(url);
    await client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    await file.cancelled;
    // What the sockets and the platform hold.
    assert(file.pulled < 400, `${file.pulled} chunks`);
    // With limits, the connection may be closed before the stream is broken off.
    if (limits.length === 0) assertEquals(endsOf(log), ["the client took no more of it in time"]);
  });
}

Deno.test("events are sent as they come, with heartbeats and headers against buffering", async () => {
  const next = Promise.withResolvers<void>();
  await using server = streamServer(
    {
      watch: ({ headers }) =>
        ok(
          async function* (): AsyncGenerator<unknown> {
            yield { id: "1", event: "added", retry: 500, data: "two\nlines" };
            await next.promise;
            yield { data: { after: headers["Last-Event-ID"] } };
          }(),
        ),
    },
    withHeartbeat(20),
    withCompression(1),
    withResponseValidation(true),
  );
  const { url } = await server.listen();
  const response = await fetch(`${url}/events`, {
    headers: { "Last-Event-ID": "7", Accept: "text/event-stream" },
  });
  const { headers } = response;
  assertEquals(
    ["content-type", "cache-control", "x-accel-buffering", "content-encoding"].map((name) =>
      headers.get(name)
    ),
    ["text/event-stream", "no-cache, no-transform", "no", null],
  );
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.endsWith(":\n\n")) next.resolve();
  }
  assertMatch(text, /^id|^event/);
  assertEquals(parseEvents(text), [
    { event: "added", id: "1", retry: "500", data: "two\nlines" },
    { data: '{"after":"7"}' },
  ]);
  assertStringIncludes(text, ":\n\n");
});

Deno.test("items are sent as lines or as a sequence, and validated in development", async () => {
  const log = new LogRecorder();
  let contentType = "application/x-ndjson";
  let rows: readonly unknown[] = [{ name: "a" }, { name: "b\nc" }];
  await using server = streamServer(
    { listRows: () => Promise.resolve({ status: 200, contentType, body: ReadableStream.from(rows) }) },
    withLogger(log),
    withResponseValidation(true),
  );
  const { url } = await server.listen();
  assertEquals(await (await fetch(`${url}/rows`)).text(), '{"name":"a"}\n{"name":"b\\nc"}\n');
  contentType = "application/json-seq";
  const sequence = await fetch(`${url}/rows`);
  assertEquals(sequence.headers.get("content-type"), contentType);
  assertEquals(await sequence.text(), '\x1e{"name":"a"}\n\x1e{"name":"b\\nc"}\n');
  rows = [{ name: "a" }, { name: 1 }];
  await rawExchange(url, `GET /rows HTTP/1.1\r\nHost: x\r\n${END}`);
  assertMatch(
    String(log.lines[0]?.properties["error"]),
    /listRows with status 200 violates the OpenAPI document at \/name/,
  );
});

Deno.test("downloadResponse() is served with 206, 304, 416 and for HEAD", async () => {
  const content = bytesOf("0123456789");
  await using server = streamServer({
    readFile: ({ headers }) =>
      Promise.resolve(
        downloadResponse({ size: 10, content, etag: '"v1"' }, {
          ...(headers["Range"] === undefined ? {} : { Range: String(headers["Range"]) }),
          ...(headers["If-Range"] === undefined ? {} : { "If-Range": String(headers["If-Range"]) }),
        }),
      ),
  }, withResponseValidation(true));
  const { url } = await server.listen();
  const request = (method: string, ...fields: string[]): Promise<string> =>
    rawExchange(
      url,
      `${method} /file HTTP/1.1\r\nHost: x\r\n${fields.map((field) => `${field}\r\n`).join("")}${END}`,
    );
  assertMatch(
    await request("GET", "Range: bytes=2-4"),
    /^HTTP\/1\.1 206 [^]*content-range: bytes 2-4\/10\r\n[^]*\r\n\r\n234$/i,
  );
  assertMatch(await request("GET", "Range: bytes=2-4"), /\r\ncontent-length: 3\r\n/i);
  assertMatch(
    await request("GET", "Range: bytes=2-4", 'If-None-Match: "v1"'),
    /^HTTP\/1\.1 304 [^]*\r\n\r\n$/,
  );
  assertMatch(
    await request("GET", "Range: bytes=2-4", 'If-Range: "v0"'),
    /^HTTP\/1\.1 200 [^]*\r\n\r\n0123456789$/,
  );
  assertMatch(
    await request("GET", "Range: bytes=10-"),
    /^HTTP\/1\.1 416 [^]*content-range: bytes \*\/10\r\n[^]*range-not-satisfiable/i,
  );
  const head = await request("HEAD", "Range: bytes=2-4");
  assertMatch(head, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/);
  assertMatch(head, /\r\ncontent-length: 10\r\n/i);
});

/** Returns the reasons for which streams ended early. */
function endsOf({ infos }: LogRecorder): unknown[] {
  return infos.filter(({ message }) => message.includes("ended early")).map(({ properties }) =>
    properties["reason"]
  );
}

/** Parses an event stream as browsers do (HTML, section 9.2.6), with the fields as sent. */
function parseEvents(text: string): Record<string, string>[] {
  return text.split("\n\n").flatMap((block) => {
    const event: Record<string, string> = {};
    for (const line of block.split("\n")) {
      const [, field = "", value = ""] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === "") continue;
      event[field] = field === "data" && event[field] !== undefined ? `${event[field]}\n${value}` : value;
    }
    return Object.keys(event).length === 0 ? [] : [event];
  });
}
