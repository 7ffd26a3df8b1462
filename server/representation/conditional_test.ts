import { assertEquals } from "@std/assert";
import { JSON_TYPE, send, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() answers 304 to If-None-Match with the headers of the 200", async () => {
  for (const condition of ['"7"', 'W/"7"', '"1", "7"', "*"]) {
    for (const method of ["GET", "HEAD"]) {
      const response = await send("/notes/1", { method, headers: { "if-none-match": condition } });
      assertEquals([response.status, await response.text()], [304, ""], condition);
      assertEquals([response.headers.get("etag"), response.headers.get("vary")], ['"7"', "Accept"]);
    }
  }
  for (const condition of ['"8"', "7", ""]) {
    assertEquals(
      (await send("/notes/1", { headers: { "if-none-match": condition } })).status,
      200,
      condition,
    );
  }
});

Deno.test("Server.fetch() answers 412 to a GET whose If-Match names another version", async () => {
  const problem = await sendForProblem("/notes/1", { headers: { "if-match": '"8"' } });
  assertEquals([problem.status, problem.headers.get("etag")], [412, '"7"']);
  assertEquals((await send("/notes/1", { headers: { "if-match": '"7"' } })).status, 200);
});

Deno.test("Server.fetch() answers 428, 400 and 412 for If-Match where it is required", async () => {
  const put = (ifMatch?: string): RequestInit => ({
    method: "PUT",
    headers: ifMatch === undefined ? JSON_TYPE : { ...JSON_TYPE, "if-match": ifMatch },
    body: '{"text":"x"}',
  });
  assertEquals((await sendForProblem("/notes/1", put())).status, 428);
  const malformed = await sendForProblem("/notes/1", put("7"));
  assertEquals([malformed.status, malformed.invalidParams?.[0]?.name], [400, "If-Match"]);
  assertEquals((await sendForProblem("/notes/1", put('W/"7"'))).status, 412);
  assertEquals((await send("/notes/1", put('"7"'))).status, 200);
  assertEquals((await send("/notes/1", put("*"))).status, 200);
});

Deno.test("Server.fetch() makes no change that an If-None-Match beside If-Match forbids", async () => {
  const statusOf = async (ifMatch: string, ifNoneMatch: string): Promise<number> => {
    const headers = { ...JSON_TYPE, "if-match": ifMatch, "if-none-match": ifNoneMatch };
    return (await send("/notes/1", { method: "PUT", headers, body: '{"text":"x"}' })).status;
  };
  for (const excluded of ["*", '"7"', 'W/"7"', '"1", "7"']) {
    assertEquals(await statusOf('"7"', excluded), 412, excluded);
    assertEquals(await statusOf('"6", "7"', excluded), 412, excluded);
  }
  for (const excluded of ['"6"', "7", ""]) assertEquals(await statusOf('"7"', excluded), 200, excluded);
  assertEquals(await statusOf('"6", "7"', '"6"'), 200);
  assertEquals([await statusOf("*", "*"), await statusOf("*", "7")], [412, 200]);
  assertEquals(await statusOf("*", '"7"'), 400);
});
