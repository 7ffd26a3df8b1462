import { assertEquals, assertRejects } from "@std/assert";
import { createServer } from "@archway/server/server.ts";
import { withApi } from "@archway/server/server_options.ts";
import { streamApi } from "@archway/server/testing/stream_api.ts";
import { ConnectionError } from "./problem_error.ts";
import { readEvents, readItems } from "./streams.ts";

/** Returns a stream of the bytes of a text, one by one. */
function bytesOf(text: string): ReadableStream<Uint8Array> {
  return ReadableStream.from([...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte)));
}

Deno.test("readEvents() yields events as browsers do, however they are cut", async () => {
  const text =
    "\uFEFF: comment\n\nid: 1\nevent: added\ndata: é\r\ndata:  b\r\rdata\nretry: 20\nretry: x\n\n" +
    "id\ndata: c\nunknown: d\n\nevent: none\n\ndata: incomplete\n";
  assertEquals(await Array.fromAsync(readEvents(bytesOf(text))), [
    { event: "added", data: "é\n b", id: "1", retryMs: undefined },
    { event: "message", data: "", id: "1", retryMs: 20 },
    { event: "message", data: "c", id: "", retryMs: 20 },
  ]);
});

Deno.test("readItems() yields lines and records", async () => {
  for (const text of ['{"a":1}\n\n{"a":2}', '{"a":1}\r\n{"a":2}\r\n', '\x1e{"a":1}\n\x1e{"a":2}\n']) {
    assertEquals(await Array.fromAsync(readItems(bytesOf(text))), [{ a: 1 }, { a: 2 }], text);
  }
  assertEquals(await Array.fromAsync(readItems(bytesOf('\x1e{"a":\n1}\n\x1e2\n'))), [{ a: 1 }, 2]);
  await assertRejects(() => Array.fromAsync(readItems(bytesOf("1\n{\n"))), SyntaxError);
});

Deno.test("readEvents() and readItems() read what a server sends, and end it", async () => {
  const returned = Promise.withResolvers<void>();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(streamApi({
      watch: () => {
        const events = async function* (): AsyncGenerator<unknown> {
          try {
            for (let id = 0;; id++) {
              yield { id: String(id), data: { id } };
              await new Promise((resolve) => setTimeout(resolve, 1));
            }
          } finally {
            returned.resolve();
          }
        };
        return Promise.resolve({ status: 200, body: events() });
      },
      listRows: () => {
        const rows = async function* (): AsyncGenerator<unknown> {
          yield await Promise.resolve({ name: "a" });
          yield { name: "b" };
          await new Promise((resolve) => setTimeout(resolve, 10));
          throw new Error("The database is gone");
        };
        return Promise.resolve({ status: 200, contentType: "application/x-ndjson", body: rows() });
      },
    })),
  );
  const { url } = await server.listen();
  const bodyOf = async (path: string): Promise<ReadableStream<Uint8Array> | null> =>
    (await fetch(`${url}${path}`)).body;
  const seen: string[] = [];
  for await (const { id = "" } of readEvents(await bodyOf("/events"))) {
    if (seen.push(id) === 3) break;
  }
  assertEquals(seen, ["0", "1", "2"]);
  await returned.promise;
  const rows: unknown[] = [];
  await assertRejects(async () => {
    for await (const row of readItems(await bodyOf("/rows"))) rows.push(row);
  }, ConnectionError);
  assertEquals(rows, [{ name: "a" }, { name: "b" }]);
});
