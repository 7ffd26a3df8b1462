import { assertEquals } from "@std/assert";
import { DATABASES } from "@archway/tools/support/databases.ts";
import { cockpitState } from "../testing/cockpit_state.ts";
import { createEndpoint } from "./endpoint.ts";

Deno.test("createEndpoint() distinguishes a malformed address from a malformed body", async () => {
  const open = DATABASES["PostgreSQL"];
  if (open === undefined) throw new Error("There is always PostgreSQL");
  await using database = await open();
  await database.pool.writer().query("create table notes (id int primary key)");
  const endpoint = createEndpoint("/_dev", cockpitState(database));
  const send = async (place: string, init: RequestInit = {}): Promise<string> => {
    const request = new Request(`http://127.0.0.1:8080/_dev/api/${place}`, init);
    const response = await endpoint(request, "127.0.0.1");
    return `${response?.status} ${await response?.text()}`;
  };
  const malformed = '400 {"error":"The address is malformed"}';
  for (const place of ["requests/%zz", "views/tables?at=%25zz", "views/tables?at=notes%3Fafter=x"]) {
    assertEquals([place, await send(place)], [place, malformed]);
  }
  const post = { method: "POST", headers: { "X-Cockpit": "1" }, body: "{" };
  assertEquals(await send("faults", post), '400 {"error":"The body is not JSON"}');
});
