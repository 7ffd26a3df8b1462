import { assertEquals } from "@std/assert";
import { parseApiDocument } from "../parse_api_document.ts";
import { deriveResources } from "./derive_resources.ts";

const NOTES = `${import.meta.dirname}/../testing/notes_api.yaml`;

Deno.test("deriveResources() finds collections whose items have versions, and how they are written", async () => {
  const text = await Deno.readTextFile(NOTES);
  const api = await parseApiDocument(text, { name: "notes" });
  const [notes, ...others] = deriveResources([{ api, suite: { document: "notes" } }]);
  assertEquals(others, []);
  assertEquals([notes?.list, notes?.property, notes?.isDeletable], ["/api/notes", "text", true]);
  assertEquals([notes?.patch, notes?.hasCursors, notes?.hasFilter], [undefined, false, false]);
  assertEquals([notes?.creation("a"), notes?.replacement("b")], [{ text: "a" }, { text: "b" }]);
});

Deno.test("deriveResources() leaves out items that are replaced without If-Match, or prepared by a service", async () => {
  const text = await Deno.readTextFile(NOTES);
  const unconditional = await parseApiDocument(text.replaceAll(/If-Match/gi, "X-Other"), { name: "notes" });
  assertEquals(deriveResources([{ api: unconditional, suite: { document: "notes" } }]), []);
  const api = await parseApiDocument(text, { name: "notes" });
  assertEquals(deriveResources([{ api, suite: { document: "notes", unknown: ["/api/notes"] } }]), []);
});
