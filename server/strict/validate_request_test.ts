import { assertEquals } from "@std/assert";
import { faultsOf, JSON_TYPE, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() tells what the decoder and the schema find in a body at once", async () => {
  const faults = async (body: string): Promise<string[]> => {
    const problem = await sendForProblem("/notes", { method: "POST", headers: JSON_TYPE, body });
    assertEquals(problem.status, 422);
    return faultsOf(problem);
  };
  assertEquals(await faults('{"text":"\\u0000","stars":"many"}'), [
    "body /text: has a character that is not allowed (U+0000)",
    "body /stars: must be an integer",
  ]);
  assertEquals(await faults('{"stars":1e999}'), [
    "body /stars: is a number too large to be read",
    "body /text: is required",
  ]);
  assertEquals(await faults('{"a/b":"\\ud800"}'), [
    "body /a~1b: has half of a surrogate pair, which is not a character",
    "body /text: is required",
  ]);
});
