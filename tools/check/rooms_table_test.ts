import { assertEquals } from "@std/assert";
import { markdownRows } from "../permissions/markdown_rows.ts";
import { type Room, ROOMS } from "./rooms.ts";

const ARCHITECTURE = new URL("../../docs/architecture.md", import.meta.url);

Deno.test("docs/architecture.md has the table of ROOMS", async () => {
  const rows = markdownRows(await Deno.readTextFile(ARCHITECTURE), "Modules and import rules");
  assertEquals(rows, ROOMS.map((room) => [room.path, importsOf(room), doorsOf(room)]));
});

function importsOf({ imports, also = {}, testsOnly }: Room): string {
  if (testsOnly) return "anything: tests only";
  const more = Object.entries(also).map(([part, rooms]) => `; in ${part} also ${rooms.join(", ")}`);
  return (imports.join(", ") || "nothing") + more.join("");
}

function doorsOf({ door, testsOnly }: Room): string {
  if (testsOnly) return "none";
  return door ?? "";
}
