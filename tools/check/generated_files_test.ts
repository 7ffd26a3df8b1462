import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { generate } from "../oapi_codegen/generate.ts";
import { GenerationError } from "../oapi_codegen/fault.ts";
import { staleGeneratedFiles } from "./generated_files.ts";

const SPEC = `openapi: 3.1.0
info: { title: Notes, version: "1.0" }
paths:
  /notes:
    get:
      operationId: listNotes
      security: []
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 150 } }
      responses:
        "200":
          description: Notes.
          content: { application/json: { schema: { $ref: "#/components/schemas/Notes" } } }
components:
  schemas:
    Notes: { type: array, items: { type: string } }
`;

/** A tree with one document and what is generated from it, in a folder of its own. */
async function withNotes(check: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "archway_generated_" });
  try {
    await Deno.mkdir(join(root, "oapi"));
    await Deno.writeTextFile(join(root, "oapi/note-api-spec.yaml"), SPEC);
    await Deno.writeTextFile(
      join(root, "oapi/cfg.server.note.yaml"),
      "spec: note-api-spec.yaml\noutput: ../api/noteapi\n",
    );
    const { folder, files } = await generate(join(root, "oapi/cfg.server.note.yaml"));
    await Deno.mkdir(folder, { recursive: true });
    for (const [name, text] of files) await Deno.writeTextFile(join(folder, name), text);
    await check(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("staleGeneratedFiles() finds nothing where all is generated", async () => {
  await withNotes(async (root) => assertEquals(await staleGeneratedFiles(root), []));
});

Deno.test("staleGeneratedFiles() finds files that were edited, are missing or are no longer generated", async () => {
  await withNotes(async (root) => {
    const folder = join(root, "api/noteapi");
    await Deno.writeTextFile(join(folder, "server.gen.ts"), "\n", { append: true });
    await Deno.remove(join(folder, "spec.gen.ts"));
    await Deno.writeTextFile(join(folder, "old.gen.ts"), "");
    const fault = "is not what deno task gen makes of oapi/cfg.server.note.yaml";
    assertEquals(await staleGeneratedFiles(root), [
      `api/noteapi/old.gen.ts: ${fault}`,
      `api/noteapi/server.gen.ts: ${fault}`,
      `api/noteapi/spec.gen.ts: ${fault}`,
    ]);
  });
});

Deno.test("staleGeneratedFiles() finds a document that generated files do not follow", async () => {
  await withNotes(async (root) => {
    await Deno.writeTextFile(
      join(root, "oapi/note-api-spec.yaml"),
      SPEC.replace("maximum: 150", "maximum: 151"),
    );
    const stale = (await staleGeneratedFiles(root)).map((fault) => fault.replace(/:.*/, ""));
    assertEquals(stale.includes("api/noteapi/validators.gen.js"), true);
  });
});

Deno.test("staleGeneratedFiles() names a document that cannot be generated from", async () => {
  await withNotes(async (root) => {
    await Deno.writeTextFile(
      join(root, "oapi/note-api-spec.yaml"),
      SPEC.replace("schemas/Notes", "schemas/NoNotes"),
    );
    await assertRejects(() => staleGeneratedFiles(root), GenerationError, "The reference points to nothing");
  });
});
