import { assertThrows } from "@std/assert";
import { gatherResources } from "./resource.ts";

Deno.test("gatherResources() refuses two operations for one method of a path, whatever its variables are called", () => {
  const endpoint = { method: "GET", handle: () => new Response() };
  assertThrows(
    () => gatherResources([{ ...endpoint, path: "/a/{b}" }, { ...endpoint, path: "/a/{c}" }]),
    Error,
    "Two operations serve GET /a/{c}",
  );
});
