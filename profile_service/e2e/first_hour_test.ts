import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fencesOf } from "@archway/tools/docs/fences.ts";
import { TreeCopy } from "@archway/tools/support/tree_copy.ts";

const GUIDE = join(import.meta.dirname ?? ".", "../../docs/first-hour.md");

/** A change of a file as the guide shows it, without line numbers. */
interface FileChange {
  readonly path: string;
  readonly hunks: readonly { readonly before: string; readonly after: string }[];
}

/** The contents of the fenced blocks of a language. */
function blocksOf(markdown: string, language: string): readonly string[] {
  return fencesOf(markdown).filter((fence) => fence.language === language).map(({ text }) => text);
}

/** Parses a block: a line with the path, then hunks of unchanged, removed and added lines. */
function fileChange(block: string): FileChange {
  const [, path = "", rest = ""] = /^--- (\S+)\n([^]*)$/.exec(block) ?? [];
  const hunks = rest.split(/^@@\n/m).map((hunk) => {
    const lines = hunk.split("\n").slice(0, -1);
    const side = (other: string): string =>
      lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`).join("");
    return { before: side("+"), after: side("-") };
  });
  return { path, hunks };
}

Deno.test("docs/first-hour.md leads to a project whose checks and tests succeed", async () => {
  const guide = await Deno.readTextFile(GUIDE);
  await using copy = await TreeCopy.make();
  for (const { path, hunks } of blocksOf(guide, "diff").map(fileChange)) {
    for (const { before, after } of hunks) {
      await copy.edit(path, (text) => {
        // At the beginning of a line, so that a place is found by whole lines.
        const parts = `\n${text}`.split(`\n${before}`);
        assertEquals(parts.length, 2, `${path} has this once:\n${before}`);
        return parts.join(`\n${after}`).slice(1);
      });
    }
  }
  const [migration = ""] = blocksOf(guide, "sql");
  const [, file = ""] = /migrate new .*\n(\S+\.sql)\n/.exec(guide) ?? [];
  await Deno.writeTextFile(join(copy.path, file), migration);
  await copy.task("gen");
  await copy.task("schema");
  await copy.task("check");
  await copy.task("test", "profile_service/");
  const schema = await Deno.readTextFile(join(copy.path, "profile_service/schema.sql"));
  assertStringIncludes(schema, "nickname text");
});
