import { assertEquals, assertMatch } from "@std/assert";
import { createServer, type Server } from "../../server.ts";
import { withApi, withConnectionLimits } from "../../server_options.ts";
import { noteApi } from "../../testing/note_api.ts";
import { RawClient } from "../../testing/raw_client.ts";

const FIELDS =
  "Host: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n";
const BODY = '{"text":"a"}';

function server(): Server {
  return createServer("127.0.0.1", 0, withApi(noteApi()), withConnectionLimits());
}

Deno.test("withConnectionLimits() asks for the body of a request once it is read", async () => {
  await using notes = server();
  using client = await RawClient.open((await notes.listen()).url);
  await client.send(`POST /notes HTTP/1.1\r\n${FIELDS}`);
  assertEquals(await client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  await client.send(BODY);
  assertMatch(await client.readUntil("\r\n\r\n"), /^HTTP\/1\.1 201 /);
});

Deno.test("withConnectionLimits() does not ask for the body of a request that is refused", async () => {
  await using notes = server();
  const { url } = await notes.listen();
  const rows: [line: string, length: number, status: number][] = [
    ["POST /nowhere", 12, 404],
    ["PATCH /notes", 12, 405],
    ["POST /notes", 99_999_999, 413],
  ];
  for (const [line, length, status] of rows) {
    using client = await RawClient.open(url);
    await client.send(`${line} HTTP/1.1\r\n${FIELDS.replace("12", String(length))}`);
    assertMatch(await client.readUntil("\r\n\r\n"), new RegExp(`^HTTP/1\\.1 ${status} `), line);
  }
});

Deno.test("withConnectionLimits() sends HTTP/1.0 no interim response", async () => {
  await using notes = server();
  using client = await RawClient.open((await notes.listen()).url);
  await client.send(`POST /notes HTTP/1.0\r\n${FIELDS}${BODY}`);
  assertMatch(await client.readAll(), /^HTTP\/1\.0 201 /);
});
