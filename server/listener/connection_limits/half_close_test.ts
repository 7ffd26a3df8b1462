import { assertEquals, assertMatch } from "@std/assert";
import type { StrictResponse } from "../../operation.ts";
import type { OnRead } from "../../testing/note_api.ts";
import { createServer } from "../../server.ts";
import { withApi, withConnectionLimits } from "../../server_options.ts";
import { noteApi } from "../../testing/note_api.ts";
import { RawClient } from "../../testing/raw_client.ts";

const GET = "GET /notes/1 HTTP/1.1\r\nHost: x\r\n\r\n";

Deno.test("HalfClose lets a request finish whose client has closed its sending side", async () => {
  let aborted = false;
  const slow: OnRead = async (_request, { signal }): Promise<StrictResponse> => {
    signal.addEventListener("abort", () => aborted = true);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { status: 304 };
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(slow)), withConnectionLimits());
  using client = await RawClient.open((await server.listen()).url);
  await client.send(GET + GET);
  await client.closeWrite();
  const statuses = (await client.readAll()).matchAll(/HTTP\/1\.1 ([0-9]{3})/g);
  assertEquals([...statuses].map(([, status]) => status), ["304", "304"]);
  assertEquals(aborted, false);
});

Deno.test("HalfClose passes the end on before a request that takes too long, whose client has probably left", async () => {
  const aborted = Promise.withResolvers<void>();
  const endless: OnRead = async (_request, { signal }): Promise<StrictResponse> => {
    signal.addEventListener("abort", () => aborted.resolve());
    await aborted.promise;
    return { status: 304 };
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(endless)), withConnectionLimits());
  const client = await RawClient.open((await server.listen()).url);
  await client.send(GET);
  await client.closeWrite();
  await aborted.promise;
  client[Symbol.dispose]();
});

Deno.test("HalfClose ends a connection whose client leaves without a request", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), withConnectionLimits());
  using client = await RawClient.open((await server.listen()).url);
  await client.send(GET);
  assertMatch(await client.readUntil("é"), /^HTTP\/1\.1 200 /);
  await client.closeWrite();
  assertEquals(await client.readAll(), "");
});
