import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { createServer, type Server } from "./server.ts";
import { type ServerOption, withApi, withReadTimeout } from "./server_options.ts";
import { noteApi, type OnRead } from "./testing/note_api.ts";
import { firstResponse, rawExchange, readAll } from "./testing/raw_exchange.ts";

const END = "Connection: close\r\n\r\n";

async function exchange(...pieces: string[]): Promise<string> {
  await using server = noteServer();
  const { url } = await server.listen();
  return await rawExchange(url, ...pieces);
}

function noteServer(...options: ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(noteApi()), ...options);
}

function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(response)?.[1]);
}

Deno.test("Server.listen() serves HEAD, 304 and 204 without a body", async () => {
  const head = await exchange(`HEAD /notes/1 HTTP/1.1\r\nHost: x\r\n${END}`);
  assertMatch(head, /^HTTP\/1\.1 200 [^]*content-length: 13\r\n[^]*\r\n\r\n$/i);
  const unchanged = await exchange(`GET /notes/1 HTTP/1.1\r\nHost: x\r\nIf-None-Match: "7"\r\n${END}`);
  assertMatch(unchanged, /^HTTP\/1\.1 304 [^]*etag: "7"\r\n[^]*\r\n\r\n$/i);
  const deleted = await exchange(`DELETE /notes/1 HTTP/1.1\r\nHost: x\r\n${END}`);
  assertMatch(deleted, /^HTTP\/1\.1 204 [^]*\r\n\r\n$/i);
});

Deno.test("Server.listen() responds to every method", async () => {
  const expected: [string, number][] = [
    ["FOO /notes", 501],
    ["get /notes", 501],
    ["TRACE /notes", 405],
    ["QUERY /notes", 405],
    ["TRACE /nope", 404],
    ["CONNECT example.com:80", 404],
    ["OPTIONS *", 204],
    ["OPTIONS /notes", 204],
    ["GET http://x/notes", 200],
    ["GET http://other/notes", 400],
  ];
  for (const [start, status] of expected) {
    assertEquals(statusOf(await exchange(`${start} HTTP/1.1\r\nHost: x\r\n${END}`)), status, start);
  }
});

Deno.test("Server.listen() responds with a 4xx to malformed targets and headers", async () => {
  const expected: [string, number][] = [
    [`GET /notes?x=${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n`, 414],
    [`GET /notes HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(20_000)}\r\n`, 431],
    ["GET /notes/%ff HTTP/1.1\r\nHost: x\r\n", 400],
    ["GET /notes/%00 HTTP/1.1\r\nHost: x\r\n", 400],
    ["GET /notes/../notes HTTP/1.1\r\nHost: x\r\n", 404],
    ["GET /notes?limit=%zz HTTP/1.1\r\nHost: x\r\n", 400],
    ["GET /notes/\xff HTTP/1.1\r\nHost: x\r\n", 400],
    ["GET /notes HTTP/1.1\r\nHost: x/notes/2?\r\n", 400],
    ["GET /notes HTTP/1.1\r\nHost: x\r\nHost: y\r\n", 400],
    ["GET /notes HTTP/1.1\r\nHost: x\r\nX-Folded: a\r\n b\r\n", 400],
    [
      'PUT /notes/1 HTTP/1.1\r\nHost: x\r\nIf-Match: "\xff"\r\nContent-Type: application/json\r\nContent-Length: 12\r\n',
      412,
    ],
  ];
  for (const [head, status] of expected) {
    const body = head.startsWith("PUT") ? '{"text":"a"}' : "";
    assertEquals(statusOf(await exchange(`${head}${END}${body}`)), status, head.slice(0, 60));
  }
  // The platform closes this connection itself, without a problem.
  const huge = await exchange(`GET /notes HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(100_000)}\r\n${END}`);
  assert(huge === "" || [400, 431].includes(statusOf(huge)));
});

Deno.test("Server.listen() counts chunked bodies and responds 413 before they end", async () => {
  const chunk = `400\r\n${"a".repeat(1024)}\r\n`;
  const head =
    "POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  await using server = noteServer();
  const { url } = await server.listen();
  const response = await firstResponse(url, head, chunk, chunk, chunk);
  assertEquals(statusOf(response), 413);
  assertStringIncludes(response, "application/problem+json");
  assertMatch(response, /connection: close/i);
  const whole = await exchange(
    `${head.slice(0, -2)}${END}c\r\n{"text":"a"}\r\n0\r\n\r\n`,
  );
  assertEquals(statusOf(whole), 201);
});

Deno.test("Server.listen() responds 408 to an incomplete body, and closes the connection", async () => {
  for (const framing of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
    await using server = noteServer(withReadTimeout(50));
    const { url } = await server.listen();
    const head = `POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;
    const response = await firstResponse(url, head, framing.startsWith("C") ? '{"te' : "4\r\n{te");
    assertEquals(statusOf(response), 408, framing);
    assertMatch(response, /connection: close/i);
  }
});

Deno.test("Server.listen() skips a body that the operation ignores", async () => {
  const first = "GET /notes/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  const responses = await exchange(`${first}GET /notes/2 HTTP/1.1\r\nHost: x\r\n${END}`);
  assertEquals([...responses.matchAll(/HTTP\/1\.1 ([0-9]{3})/g)].map((match) => match[1]), ["200", "409"]);
});

Deno.test("Server.listen() rejects if the address is in use", async () => {
  await using first = noteServer();
  const { port } = new URL((await first.listen()).url);
  await using second = createServer("127.0.0.1", Number(port));
  const error = await assertRejects(() => second.listen(), Error);
  assertEquals(
    error.message,
    `Cannot listen on 127.0.0.1:${port}: the address is already in use; stop the program that listens there, or set ` +
      "PORT to another port",
  );
});

Deno.test("RequestContext.signal aborts when the client disconnects", async () => {
  const entered = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const wait: OnRead = async (_request, { signal }) => {
    signal.addEventListener("abort", () => aborted.resolve());
    entered.resolve();
    await aborted.promise;
    return { status: 204 };
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(wait)));
  const { hostname, port } = new URL((await server.listen()).url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode("GET /notes/1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  await entered.promise;
  connection.close();
  await aborted.promise;
});

Deno.test("RequestContext.signal does not abort after the response", async () => {
  const signals: AbortSignal[] = [];
  const keep: OnRead = (_request, { signal }) => {
    signals.push(signal);
    return Promise.resolve({ status: 204 });
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(keep)));
  const { url } = await server.listen();
  await (await fetch(`${url}/notes/1`)).body?.cancel();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode(`GET /livez HTTP/1.1\r\nHost: x\r\n${END}`));
  await readAll(connection);
  assertEquals(signals.map(({ aborted }) => aborted), [false]);
});
