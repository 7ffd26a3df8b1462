import { assertEquals, assertThrows } from "@std/assert";
import type { Idempotency, KeyedResponse } from "../idempotency.ts";
import type { Codec, Operation } from "../operation.ts";
import { createServer, type Server } from "../server.ts";
import { type ServerOption, withApi, withIdempotency, withLogger } from "../server_options.ts";
import { LogRecorder } from "../testing/log_recorder.ts";

const IDEMPOTENCY: Idempotency = {
  async run(_request, work): Promise<KeyedResponse> {
    const { response } = await work({ operation: "POST /export" });
    return { response, replayed: false, fresh: {} };
  },
};

function keyed(codec: Codec, part: Partial<Operation> = {}): Operation {
  return {
    operationId: "export",
    method: "POST",
    path: "/export",
    parameters: [{
      name: "Idempotency-Key",
      in: "header",
      required: true,
      style: "simple",
      explode: false,
      shape: { kind: "string" },
    }],
    responses: { "200": { content: [{ mediaType: "application/x-any", codec }], headers: [] } },
    security: [],
    extensions: {},
    ...part,
  };
}

function server(operation: Operation, body: unknown, ...options: ServerOption[]): Server {
  const handle = (): Promise<{ status: number; body: unknown }> => Promise.resolve({ status: 200, body });
  const api = { name: "t", document: "{}", problemTypes: [], problemOf: () => undefined };
  const module = { ...api, routes: [{ operation, handle }] };
  return createServer("127.0.0.1", 0, withApi(module), withIdempotency(IDEMPOTENCY), ...options);
}

Deno.test("compileStreams() rejects streams of operations that require an Idempotency-Key", async () => {
  for (const codec of ["events", "lines", "sequence"] as const) {
    assertThrows(() => server(keyed(codec), []), Error, "a response that is a stream is not stored");
  }
  const requestBody = {
    required: true,
    content: [{ mediaType: "application/x-any", codec: "binary", stream: true }],
  } as const;
  assertThrows(() => server(keyed("binary", { requestBody }), ""), Error, "cannot be compared");
  const log = new LogRecorder();
  await using running = server(keyed("binary"), ReadableStream.from([new Uint8Array(1)]), withLogger(log));
  const headers = { "Idempotency-Key": "abc" };
  const response = await running.fetch(
    new Request("http://localhost/export", { method: "POST", headers }),
  );
  assertEquals([response.status, log.lines.length], [500, 1]);
});

Deno.test("compileStreams() fails for a body that is no iterable of items", async () => {
  const log = new LogRecorder();
  await using running = server({ ...keyed("lines"), method: "GET", parameters: [] }, [1], withLogger(log));
  const response = await running.fetch(new Request("http://localhost/export"));
  assertEquals(response.status, 500);
  assertEquals(
    String(log.lines[0]?.properties["error"]),
    "TypeError: The body that export returned is no AsyncIterable",
  );
});
