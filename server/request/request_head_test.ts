import { assertEquals } from "@std/assert";
import { validate, version } from "uuid";
import { withMaxHeaderBytes, withMaxUrlBytes } from "../server_options.ts";
import { invalidParamsOf, send, sendForProblem } from "../testing/note_client.ts";
import { newRequestId, saneRequestId } from "./request_head.ts";

Deno.test("newRequestId() returns distinct UUIDs", () => {
  const ids = Array.from({ length: 1000 }, newRequestId);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) assertEquals([validate(id), version(id)], [true, 4]);
});

Deno.test("saneRequestId() accepts 1 to 128 harmless characters", () => {
  assertEquals(saneRequestId("a.b-C_1~/:+=@"), "a.b-C_1~/:+=@");
  assertEquals(saneRequestId("a".repeat(128))?.length, 128);
  for (const text of [null, "", " ", "a b", "a,b", 'a"b', "é", "a".repeat(129)]) {
    assertEquals(saneRequestId(text), undefined);
  }
});

Deno.test("Server.fetch() responds 414 and 431", async () => {
  assertEquals((await sendForProblem(`/notes?x=${"a".repeat(100)}`, {}, withMaxUrlBytes(50))).status, 414);
  const headers = { "x-long": "a".repeat(200) };
  assertEquals((await sendForProblem("/notes", { headers }, withMaxHeaderBytes(100))).status, 431);
});

Deno.test("Server.fetch() reports an invalid Host", async () => {
  for (const host of ["a b", "a/b", "u@a", "[::1", "a:65536", "a:x"]) {
    const problem = await sendForProblem("/notes", { headers: { host } });
    assertEquals(problem.status, 400, host);
    assertEquals(invalidParamsOf(problem), ["header Host: must be a host name with an optional port"], host);
  }
  for (const host of ["localhost", "localhost:", "LOCALHOST:80"]) {
    assertEquals((await send("/notes", { headers: { host } })).status, 200, host);
  }
});
