import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { documentChanges } from "./document_changes.ts";

Deno.test("documentChanges() yields after changes of documents until it is aborted", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_changes_" });
  const abort = new AbortController();
  const changes = documentChanges([folder], { quietMs: 1, signal: abort.signal });
  await Deno.writeTextFile(join(folder, "notes.md"), "not a document");
  // Before anything waits, as while the first code is being generated.
  await Deno.writeTextFile(join(folder, "book.yaml"), "a: 1");
  assertEquals((await changes.next()).done, false);
  const second = changes.next();
  await Deno.rename(join(folder, "book.yaml"), join(folder, "books.json"));
  assertEquals((await second).done, false);
  abort.abort();
  for await (const _ of changes); // Changes that were seen before the end.
  assertEquals(await changes.next(), { done: true, value: undefined });
  await Deno.remove(folder, { recursive: true });
});
