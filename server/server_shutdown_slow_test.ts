import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { StrictResponse } from "./operation.ts";
import { createServer } from "./server.ts";
import { type ServerOption, withApi, withConnectionLimits, withDrain } from "./server_options.ts";
import { hold } from "./testing/hold.ts";
import { noteApi, type OnRead } from "./testing/note_api.ts";
import { RawClient } from "./testing/raw_client.ts";
import { readAll } from "./testing/raw_exchange.ts";

const NOTE: StrictResponse = { status: 200, headers: { ETag: '"7"' }, body: { text: "late" } };

const VARIANTS: readonly [variant: string, limits: ServerOption[]][] = [
  ["", []],
  [" with connection limits", [withConnectionLimits()]],
];

for (const [variant, limits] of VARIANTS) {
  Deno.test(`Server.shutdown()${variant} finishes requests in flight, then refuses connections`, async () => {
    const held = hold(() => NOTE);
    await using server = createServer("127.0.0.1", 0, ...limits, withApi(noteApi(held.handle)));
    const { url } = await server.listen();
    const response = fetch(`${url}/notes/1`);
    await held.entered;
    const stopped = server.shutdown();
    held.release();
    assertEquals(await (await response).json(), { text: "late" });
    assertEquals(await stopped, { cancelled: 0 });
    await assertRejects(() => fetch(`${url}/livez`));
  });

  Deno.test(`Server.shutdown()${variant} reports not ready but serves requests during the wait`, async () => {
    await using server = createServer(
      "127.0.0.1",
      0,
      ...limits,
      withApi(noteApi()),
      withDrain({ waitMs: 2_000 }),
    );
    const { url } = await server.listen();
    const stopped = server.shutdown();
    const ready = await fetch(`${url}/readyz?verbose`);
    assertEquals([ready.status, (await ready.json()).checks[0].reason], [503, "The server is shutting down"]);
    const note = await fetch(`${url}/notes/1`);
    assertEquals([note.status, note.headers.get("connection")], [200, "close"]);
    await note.body?.cancel();
    const live = await fetch(`${url}/livez`);
    assertEquals(live.status, 200);
    await live.body?.cancel();
    assertEquals(await stopped, { cancelled: 0 });
  });

  Deno.test(`Server.shutdown()${variant} serves connections made just before`, async () => {
    await using server = createServer("127.0.0.1", 0, ...limits, withApi(noteApi()));
    const { url } = await server.listen();
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(url)));
    using stack = new DisposableStack();
    for (const client of clients) stack.use(client);
    await Promise.all(clients.map((client) => client.send("GET /notes HTTP/1.1\r\nHost: x\r\n\r\n")));
    const stopped = server.shutdown();
    for (const response of await Promise.all(clients.map((client) => client.readAll()))) {
      assertMatch(response, /^HTTP\/1\.1 200 /);
    }
    await stopped;
  });

  Deno.test(`Server.shutdown()${variant} rejects new requests while finishing others`, async () => {
    const held = hold(() => NOTE);
    await using server = createServer("127.0.0.1", 0, ...limits, withApi(noteApi(held.handle)));
    const inFlight = server.fetch(new Request("http://localhost/notes/1"));
    await held.entered;
    const stopped = server.shutdown();
    const late = await server.fetch(new Request("http://localhost/notes"));
    assertEquals([late.status, late.headers.get("retry-after"), late.headers.get("connection")], [
      503,
      "1",
      "close",
    ]);
    assertEquals((await late.json()).type, "/problems/unavailable");
    held.release();
    assertEquals((await inFlight).status, 200);
    await stopped;
  });

  Deno.test(`Server.shutdown()${variant} cancels requests that exceed the timeout with a 503`, async () => {
    const held = hold(() => NOTE);
    await using server = createServer(
      "127.0.0.1",
      0,
      ...limits,
      withApi(noteApi(held.handle)),
      withDrain({ timeoutMs: 50 }),
    );
    const { hostname, port } = new URL((await server.listen()).url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode("GET /notes/1 HTTP/1.1\r\nHost: x\r\n\r\n"));
    await held.entered;
    const stopped = server.shutdown();
    assertMatch(await readAll(connection), /^HTTP\/1\.1 503 /);
    assertEquals(await stopped, { cancelled: 1 });
    held.release();
  });

  Deno.test(`Server.shutdown()${variant} is not delayed by idle connections`, async () => {
    await using server = createServer(
      "127.0.0.1",
      0,
      ...limits,
      withApi(noteApi()),
      withDrain({ timeoutMs: 60_000 }),
    );
    const { hostname, port } = new URL((await server.listen()).url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"));
    await connection.read(new Uint8Array(4096));
    assertEquals(await server.shutdown(), { cancelled: 0 });
  });

  Deno.test(`Server.shutdown()${variant} lets a body in transit arrive`, async () => {
    await using server = createServer("127.0.0.1", 0, ...limits, withApi(noteApi()));
    const { hostname, port } = new URL((await server.listen()).url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const send = (text: string): Promise<number> => connection.write(new TextEncoder().encode(text));
    const head =
      "POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n";
    await send(`${head}{"text"`);
    // The server has received the request once it has responded to another one on the same event loop.
    await (await fetch(`http://${hostname}:${port}/livez`)).body?.cancel();
    const stopped = server.shutdown();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send(':"a"}');
    assertMatch(await readAll(connection), /^HTTP\/1\.1 201 /);
    assertEquals(await stopped, { cancelled: 0 });
  });

  Deno.test(`Server.shutdown()${variant} does not wait for a client that does not read`, async () => {
    const large: OnRead = () => Promise.resolve({ ...NOTE, body: { text: "x".repeat(20_000_000) } });
    await using server = createServer(
      "127.0.0.1",
      0,
      ...limits,
      withApi(noteApi(large)),
      withDrain({ timeoutMs: 300 }),
    );
    const { url } = await server.listen();
    using client = await RawClient.open(url);
    await client.send("GET /notes/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    assertMatch(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 200 /);
    await server.shutdown();
  });
}

Deno.test("Server.shutdown() with connection limits is not delayed by incomplete requests", async () => {
  await using server = createServer(
    "127.0.0.1",
    0,
    withConnectionLimits(),
    withApi(noteApi()),
    withDrain({ timeoutMs: 600_000 }),
  );
  const { url } = await server.listen();
  using first = await RawClient.open(url);
  await first.send("GET /livez HTTP/1.1\r\nHost: x\r\n");
  using second = await RawClient.open(url);
  await second.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  await second.readUntil("}");
  await second.send("GET /livez HTTP/1.1\r\nHost: x\r\n");
  assertEquals(await server.shutdown(), { cancelled: 0 });
});

Deno.test("Server.shutdown() with connection limits serves the first request of connections made before", async () => {
  await using server = createServer("127.0.0.1", 0, withConnectionLimits(), withApi(noteApi()));
  const { url } = await server.listen();
  using client = await RawClient.open(url);
  const stopped = server.shutdown();
  while (await isOpen(url));
  await client.send("GET /notes HTTP/1.1\r\nHost: x\r\n\r\n");
  assertMatch(await client.readAll(), /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n/i);
  assertEquals(await stopped, { cancelled: 0 });
});

Deno.test("Server.shutdown() with connection limits serves a further request of an idle connection", async () => {
  await using server = createServer("127.0.0.1", 0, withConnectionLimits(), withApi(noteApi()));
  const { url } = await server.listen();
  using client = await RawClient.open(url);
  await client.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.readUntil("}");
  const stopped = server.shutdown();
  await client.send("GET /notes HTTP/1.1\r\nHost: x\r\n\r\n");
  assertMatch(await client.readAll(), /^HTTP\/1\.1 200 /);
  assertEquals(await stopped, { cancelled: 0 });
});

/** Whether a server accepts connections. */
async function isOpen(url: string): Promise<boolean> {
  try {
    using _client = await RawClient.open(url);
    return true;
  } catch {
    return false;
  }
}
