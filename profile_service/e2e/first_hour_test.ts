import { assertEquals } from "@std/assert";
import { PageRunner } from "@archway/tools/docs/page_runner.ts";

Deno.test("docs/first-hour.md leads to a project whose checks and tests succeed", async () => {
  await using runner = new PageRunner();
  assertEquals(await runner.run("docs/first-hour.md"), []);
});
