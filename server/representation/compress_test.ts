import { assertEquals } from "@std/assert";
import type { StrictResponse } from "../operation.ts";
import { createServer } from "../server.ts";
import { withApi, withCompression } from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { RawClient } from "../testing/raw_client.ts";

const TEXT = "a".repeat(5_000);
const NOTE: StrictResponse = { status: 200, headers: { ETag: '"7"' }, body: { text: TEXT } };
const SECRET: StrictResponse = { ...NOTE, headers: { "Cache-Control": "no-store, no-transform" } };
const GZIP = { "Accept-Encoding": "gzip, br" };

async function send(
  headers: HeadersInit,
  { method = "GET", minBytes = 1_000, note = NOTE } = {},
): Promise<Response> {
  const api = withApi(noteApi(() => Promise.resolve(note)));
  await using server = createServer("127.0.0.1", 0, api, withCompression(minBytes));
  return await server.fetch(new Request("http://localhost/notes/1", { method, headers }));
}

function fieldsOf({ status, headers }: Response): unknown {
  return [status, headers.get("etag"), headers.get("content-encoding"), headers.get("vary")];
}

Deno.test("withCompression() compresses large bodies for clients that accept gzip, under a tag of their own", async () => {
  const response = await send(GZIP);
  assertEquals(fieldsOf(response), [200, '"7-gzip"', "gzip", "Accept-Encoding"]);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals([bytes.length < 200, (await new Response(text).json()).text], [true, TEXT]);
});

Deno.test("withCompression() does not compress for other clients, and small bodies not at all", async () => {
  for (const accepted of ["", "br", "identity", "gzip;q=0", "identity, gzip;q=0.5"]) {
    const response = await send(accepted === "" ? {} : { "Accept-Encoding": accepted });
    assertEquals(fieldsOf(response), [200, '"7"', null, "Accept-Encoding"], accepted);
    assertEquals((await response.json()).text, TEXT);
  }
  const small = await send(GZIP, { minBytes: 10_000 });
  assertEquals(fieldsOf(small), [200, '"7"', null, null]);
  assertEquals((await small.json()).text, TEXT);
});

Deno.test("withCompression() does not compress responses that must not be stored", async () => {
  const response = await send(GZIP, { note: SECRET });
  assertEquals(fieldsOf(response), [200, null, null, null]);
  assertEquals((await response.json()).text, TEXT);
});

Deno.test("withCompression() does not compress parts", async () => {
  const response = await send(GZIP, { note: { ...NOTE, status: 206, contentType: "application/json" } });
  assertEquals(fieldsOf(response), [206, '"7"', null, null]);
  assertEquals((await response.json()).text, TEXT);
});

Deno.test("withCompression() sends the headers of the GET for HEAD", async () => {
  const response = await send(GZIP, { method: "HEAD" });
  assertEquals(fieldsOf(response), [200, '"7-gzip"', "gzip", "Accept-Encoding"]);
  const compressed = await (await send(GZIP)).arrayBuffer();
  assertEquals([response.headers.get("content-length"), response.body], [
    String(compressed.byteLength),
    null,
  ]);
});

Deno.test("withCompression() sends the length of a compressed GET for HEAD over the network", async () => {
  const api = withApi(noteApi(() => Promise.resolve(NOTE)));
  await using server = createServer("127.0.0.1", 0, api, withCompression(1_000));
  const { url } = await server.listen();
  const lengths = [];
  for (const method of ["GET", "HEAD"]) {
    using client = await RawClient.open(url);
    await client.send(
      `${method} /notes/1 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
    );
    lengths.push(/^content-length: (\d+)\r$/im.exec(await client.readAll())?.[1]);
  }
  assertEquals([lengths[0] === lengths[1], Number(lengths[1]) > 0], [true, true]);
});

Deno.test("withCompression() responds 304 with the tag that the client has stored", async () => {
  for (const tag of ['"7-gzip"', '"7"']) {
    const response = await send({ ...GZIP, "If-None-Match": `"6", ${tag}` });
    assertEquals(fieldsOf(response), [304, tag, null, "Accept-Encoding"], tag);
  }
});

Deno.test("a condition matches the tag of a compressed representation, also without compression", async () => {
  for (const minBytes of [1_000, 100_000]) {
    const matching = await send({ "If-Match": '"7-gzip"' }, { minBytes });
    const other = await send({ "If-Match": '"6-gzip"' }, { minBytes });
    assertEquals([matching.status, other.status], [200, 412]);
    await matching.body?.cancel();
    await other.body?.cancel();
  }
});
