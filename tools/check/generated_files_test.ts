import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { generateAll } from "../oapi_codegen/generate_all.ts";
import { writeGenerated } from "../oapi_codegen/write_generated.ts";
import { staleGeneratedFiles } from "./generated_files.ts";

const SPEC = `openapi: 3.1.0
info: { title: Notes, version: "1.0" }
paths:
  /notes:
    get:
      operationId: listNotes
      security: []
      parameters:
        - $ref: "common.yaml#/components/parameters/Limit"
      responses:
        "200":
          description: Notes.
          content: { application/json: { schema: { $ref: "#/components/schemas/Notes" } } }
components:
  schemas:
    Notes: { type: array, items: { type: string } }
`;

const COMMON = `components:
  parameters:
    Limit: { name: limit, in: query, schema: { $ref: "#/components/schemas/Limit" } }
  schemas:
    Limit: { type: integer, maximum: 150 }
`;

/** Runs a check on a tree with two documents, one referenced, and the generated code. */
async function withNotes(check: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "archway_generated_" });
  try {
    await Deno.mkdir(join(root, "oapi"));
    await Deno.writeTextFile(join(root, "oapi/note-api-spec.yaml"), SPEC);
    await Deno.writeTextFile(join(root, "oapi/common.yaml"), COMMON);
    await Deno.writeTextFile(
      join(root, "oapi/cfg.server.note.yaml"),
      "spec: note-api-spec.yaml\noutput: ../api/noteapi\n",
    );
    for (const generated of await generateAll([join(root, "oapi")])) await writeGenerated(generated);
    await check(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("staleGeneratedFiles() finds nothing if everything is up to date", async () => {
  await withNotes(async (root) => assertEquals(await staleGeneratedFiles(root), []));
});

Deno.test("staleGeneratedFiles() finds files that were edited, are missing or are no longer generated", async () => {
  await withNotes(async (root) => {
    const folder = join(root, "api/noteapi");
    await Deno.writeTextFile(join(folder, "server.gen.ts"), "\n", { append: true });
    await Deno.remove(join(folder, "spec.gen.ts"));
    await Deno.writeTextFile(join(folder, "old.gen.ts"), "");
    await Deno.remove(join(root, "api/clients/typescript/note/types.gen.ts"));
    await Deno.writeTextFile(join(root, "api/clients/typescript/runtime/retry.gen.ts"), "");
    const violation = "differs from the output of deno task gen for oapi/cfg.server.note.yaml";
    assertEquals(await staleGeneratedFiles(root), [
      `api/clients/typescript/note/types.gen.ts: ${violation}`,
      "api/clients/typescript/runtime/retry.gen.ts: differs from the output of deno task gen for the clients",
      `api/noteapi/old.gen.ts: ${violation}`,
      `api/noteapi/server.gen.ts: ${violation}`,
      `api/noteapi/spec.gen.ts: ${violation}`,
    ]);
  });
});

Deno.test("staleGeneratedFiles() finds changed documents", async () => {
  const changes: readonly (readonly [string, string])[] = [
    ["oapi/note-api-spec.yaml", SPEC.replace("items: { type: string }", "items: { type: integer }")],
    ["oapi/common.yaml", COMMON.replace("maximum: 150", "maximum: 151")],
  ];
  for (const [file, text] of changes) {
    await withNotes(async (root) => {
      await Deno.writeTextFile(join(root, file), text);
      const stale = (await staleGeneratedFiles(root)).map((violation) => violation.replace(/:.*/, ""));
      assertEquals([file, stale.includes("api/noteapi/spec.gen.ts")], [file, true]);
    });
  }
});

Deno.test("staleGeneratedFiles() reports the position of an unresolved reference", async () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    [
      "oapi/note-api-spec.yaml",
      SPEC.replace("schemas/Notes", "schemas/Note"),
      "schema/$ref: The reference has no target",
    ],
    [
      "oapi/common.yaml",
      COMMON.replace("schemas/Limit", "schemas/Limits"),
      "oapi/common.yaml:3",
    ],
  ];
  for (const [file, text, violation] of wrong) {
    await withNotes(async (root) => {
      await Deno.writeTextFile(join(root, file), text);
      await assertRejects(() => staleGeneratedFiles(root), GenerationError, violation);
    });
  }
});
