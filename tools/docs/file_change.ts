import { assertEquals } from "@std/assert";
import type { TreeCopy } from "../support/tree_copy.ts";

/** Applies a block of a page that shows a change: a line with the path, then unchanged, removed and added lines. */
export async function applyFileChange(copy: TreeCopy, block: string): Promise<void> {
  const [, path = "", rest = ""] = /^--- (\S+)\n([^]*)$/.exec(block) ?? [];
  for (const hunk of rest.split(/^@@\n/m)) {
    const lines = hunk.split("\n").slice(0, -1);
    const side = (other: string): string =>
      lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`).join("");
    const [before, after] = [side("+"), side("-")];
    await copy.edit(path, (text) => {
      // At the beginning of a line, so that a place is found by whole lines.
      const parts = `\n${text}`.split(`\n${before}`);
      assertEquals(parts.length, 2, `${path} has this once:\n${before}`);
      return parts.join(`\n${after}`).slice(1);
    });
  }
}
