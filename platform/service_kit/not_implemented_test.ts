import { assertEquals, assertRejects } from "@std/assert";
import { Problem } from "@archway/server/problem.ts";
import { notImplemented } from "./not_implemented.ts";

Deno.test("notImplemented() rejects with a problem of 501", async () => {
  const problem = await assertRejects(notImplemented, Problem);
  assertEquals([problem.status, problem.slug], [501, "not-implemented"]);
});
