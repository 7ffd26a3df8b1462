import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { StrictResponse } from "../operation.ts";
import { Problem } from "../problem.ts";
import { createServer, type Server } from "../server.ts";
import {
  type ServerOption,
  withApi,
  withConnectionLimits,
  withMaxBodyBytes,
  withReadTimeout,
  withWriteTimeout,
} from "../server_options.ts";
import { RawClient } from "../testing/raw_client.ts";
import { firstResponse, rawExchange } from "../testing/raw_exchange.ts";
import { streamApi, type StreamHandler, type StreamHandlers } from "../testing/stream_api.ts";

const END = "Connection: close\r\n\r\n";
const POST = "POST /file HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n";
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;

function server(handlers: StreamHandlers, ...options: ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(streamApi(handlers)), ...options);
}

/** Reads the whole body and responds with its size. */
const count: StreamHandler = async ({ body }): Promise<StrictResponse> => {
  assert(body instanceof ReadableStream);
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return { status: 200, body: { bytes } };
};

/** Collects the items of the body. */
const collect: StreamHandler = async ({ body }): Promise<StrictResponse> => {
  const items: unknown[] = [];
  for await (const item of iterable(body)) items.push(item);
  return { status: 200, body: { items } };
};

function iterable(body: unknown): AsyncIterable<unknown> {
  assert(body instanceof Object && Symbol.asyncIterator in body);
  return { [Symbol.asyncIterator]: () => ReadableStream.from(asAsync(body))[Symbol.asyncIterator]() };
}

function asAsync(value: object): AsyncIterable<unknown> {
  const next: unknown = Reflect.get(value, Symbol.asyncIterator);
  if (typeof next !== "function") throw new Error("It is no AsyncIterable");
  return { [Symbol.asyncIterator]: () => next.call(value) };
}

function chunk(size: number): string {
  return `${size.toString(16)}\r\n${"a".repeat(size)}\r\n`;
}

Deno.test("a handler reads a body while it arrives", async () => {
  const second = Promise.withResolvers<void>();
  await using opened = server({
    upload: async ({ body }) => {
      assert(body instanceof ReadableStream);
      const reader = body.getReader();
      const first = await reader.read();
      second.resolve();
      const rest = await reader.read();
      return { status: 200, body: { bytes: [first.value?.length, rest.value?.length] } };
    },
  });
  const { url } = await opened.listen();
  using client = await RawClient.open(url);
  await client.send(`${POST}Content-Length: 5\r\n\r\nab`);
  await second.promise;
  await client.send("cde");
  const response = await client.readUntil("}");
  assertMatch(response, /^HTTP\/1\.1 200 [^]*\{"bytes":\[2,3\]\}$/);
  // The whole body was read, so that the connection serves further requests.
  assert(!/connection: close/i.test(response), response);
  await client.send(`${POST}Content-Length: 0\r\n\r\n`);
  assertMatch(await client.readUntil("}"), /^HTTP\/1\.1 200 /);
});

Deno.test("a body beyond the limit is 413, by its length before the handler and by its bytes within it", async () => {
  let calls = 0;
  await using opened = server({
    upload: (request, context) => {
      calls++;
      return count(request, context);
    },
  }, withMaxBodyBytes(1_000_000));
  const { url } = await opened.listen();
  assertMatch(await firstResponse(url, `${POST}Content-Length: 1000001\r\n\r\n`), /^HTTP\/1\.1 413 /);
  assertEquals(calls, 0);
  const response = await firstResponse(url, CHUNKED, ...Array(16).fill(chunk(65_536)));
  assertMatch(response, /^HTTP\/1\.1 413 [^]*connection: close[^]*larger than 1000000 bytes/i);
  assertEquals(calls, 1);
});

Deno.test("a body that stops or trickles is 408", async () => {
  await using opened = server({ upload: count }, withReadTimeout(60), withWriteTimeout(100));
  const { url } = await opened.listen();
  assertMatch(await firstResponse(url, CHUNKED, chunk(2)), /^HTTP\/1\.1 408 [^]*connection: close/i);
  using slow = await RawClient.open(url);
  await slow.send(CHUNKED);
  const sending = (async () => {
    for (let i = 0; i < 20; i++) {
      await slow.send(chunk(1)).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  assertMatch(await slow.readUntil("}"), /^HTTP\/1\.1 408 /);
  await sending;
});

Deno.test("a stream may have any number of small pieces, such as lines", async () => {
  await using opened = server({ upload: count });
  const body = ReadableStream.from(Array.from({ length: 10_000 }, () => new Uint8Array(1)));
  const headers = { "Content-Type": "application/octet-stream" };
  const response = await opened.fetch(new Request("http://x/file", { method: "POST", headers, body }));
  assertEquals(response.status < 300, true);
  assertMatch(await response.text(), /10000/);
});

Deno.test("a body that arrives steadily may take longer than the read and write timeouts", async () => {
  // The pause between two pieces is a small part of the timeouts, so that a busy machine does not exceed them.
  await using opened = server({ upload: count }, withReadTimeout(1_000), withWriteTimeout(1_000));
  const { url } = await opened.listen();
  using steady = await RawClient.open(url);
  await steady.send(CHUNKED);
  for (let i = 0; i < 8; i++) {
    await steady.send(chunk(65_536));
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await steady.send("0\r\n\r\n");
  assertMatch(await steady.readUntil("}"), /^HTTP\/1\.1 200 [^]*\{"bytes":524288\}$/);
});

Deno.test("a client that waits for 100 gets it when the handler reads", async () => {
  const read = Promise.withResolvers<void>();
  await using opened = server({
    upload: async (request, context) => {
      await read.promise;
      return await count(request, context);
    },
  }, withConnectionLimits());
  const { url } = await opened.listen();
  using client = await RawClient.open(url);
  await client.send(`${POST}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n`);
  const interim = client.readUntil("\r\n\r\n");
  const isEarly = await Promise.race([
    interim.then(() => true),
    new Promise((resolve) => setTimeout(resolve, 50, false)),
  ]);
  assertEquals(isEarly, false);
  read.resolve();
  assertMatch(await interim, /^HTTP\/1\.1 100 /);
  await client.send("ab");
  assertMatch(await client.readUntil("}"), /^HTTP\/1\.1 200 /);
});

Deno.test("a body that the handler leaves is discarded, and the connection closed", async () => {
  let left: ReadableStream | undefined;
  await using opened = server({
    upload: ({ body }) => {
      assert(body instanceof ReadableStream);
      left = body;
      return Promise.resolve({ status: 204 });
    },
  });
  const { url } = await opened.listen();
  using client = await RawClient.open(url);
  await client.send(`${CHUNKED}${chunk(10)}`);
  const response = await client.readUntil("\r\n\r\n");
  assertMatch(response, /^HTTP\/1\.1 204 [^]*connection: close/i);
  await assertRejects(() => left?.getReader().read() ?? Promise.resolve(), DOMException);
});

Deno.test("a client that disconnects fails the read of its body", async () => {
  const failed = Promise.withResolvers<unknown>();
  await using opened = server({
    upload: async (request, context) => {
      try {
        return await count(request, context);
      } catch (error) {
        failed.resolve(error);
        throw error;
      }
    },
  });
  const { url } = await opened.listen();
  {
    using client = await RawClient.open(url);
    await client.send(`${CHUNKED}${chunk(3)}`);
    await (await fetch(`${url}/livez`)).body?.cancel();
  }
  const error = await failed.promise;
  assert(error instanceof Problem || error instanceof DOMException, String(error));
});

Deno.test("a body and a response can be streams of the same exchange", async () => {
  await using opened = server({
    upload: ({ body }) => Promise.resolve({ status: 201, body }),
  });
  const { url } = await opened.listen();
  using client = await RawClient.open(url);
  await client.send(`${CHUNKED}2\r\nab\r\n`);
  await client.readUntil("ab");
  await client.send("1\r\nc\r\n0\r\n\r\n");
  assertMatch(await client.readUntil("0\r\n\r\n"), /c/);
});

Deno.test("items of a body are parsed and validated one by one", async () => {
  await using opened = server({ importRows: collect }, withMaxBodyBytes(100));
  const { url } = await opened.listen();
  const post = (body: string, type = "application/x-ndjson"): Promise<string> =>
    rawExchange(
      url,
      `POST /rows HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${END}`,
      body,
    );
  const items = '{"items":[{"name":"a"},{"name":"b"}]}';
  assertMatch(await post('{"name":"a"}\r\n\n{"name":"b"}'), new RegExp(`\r\n\r\n${escape(items)}$`));
  assertMatch(
    await post('\x1e{"name":"a"}\n\x1e{"name":\n"b"}\n', "application/json-seq"),
    new RegExp(`\r\n\r\n${escape(items)}$`),
  );
  assertMatch(await post("{}", "application/x-ndjson; charset=latin1"), /^HTTP\/1\.1 415 /);
  const expected: [string, number, string, string][] = [
    ['{"name":"a"}\n\n{"name":1}\n', 422, "Line 3 of the body has validation errors", '"pointer":"/1/name"'],
    ['{"name":"a"}\n{"name"\n', 400, "Line 2 of the body is not valid JSON", '"pointer":"/1"'],
    ['{"name":"a","name":"b"}\n', 400, "Line 1 of the body has a duplicate property", '"pointer":"/0"'],
    ['{"name":"\\u0000"}\n', 422, "Line 1 of the body has validation errors", '"pointer":"/0/name"'],
    [`{"name":"${"a".repeat(95)}"}\n`, 413, "The body is larger than 100 bytes", ""],
  ];
  for (const [body, status, detail, pointer] of expected) {
    const response = await post(body);
    assertMatch(response, new RegExp(`^HTTP/1\\.1 ${status} `), response);
    assert(response.includes(detail) && response.includes(pointer), response);
  }
});

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
