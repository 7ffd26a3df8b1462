import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { commitOf, runCommand } from "./prepare_template.ts";

Deno.test("commitOf() returns the commit of a checkout, and whether it has changes", async () => {
  const root = await Deno.makeTempDir({ prefix: "template_" });
  try {
    const author = [
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "-c",
      "commit.gpgsign=false",
    ];
    assertEquals(await commitOf(root), undefined);
    await runCommand("git", ["init", "--quiet"], root);
    await runCommand("git", [...author, "commit", "--quiet", "--allow-empty", "--message", "Begin"], root);
    const commit = await commitOf(root) ?? "";
    assertMatch(commit, /^[0-9a-f]{40,64}$/);
    await Deno.mkdir(join(root, "docs"));
    await Deno.writeTextFile(join(root, "docs/a.md"), "a");
    assertEquals(await commitOf(root), `${commit}-dirty`);
    assertEquals(await commitOf(join(root, "docs")), undefined);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
