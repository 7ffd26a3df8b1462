import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { GenerationError } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { serveDocument } from "./serve_document.ts";

const DOCUMENT = `openapi: 3.1.0
info: { title: Pets, version: '1' }
paths:
  /pets:
    get:
      security: [{ key: [] }]
      parameters: [{ name: limit, in: query, schema: { type: integer } }]
      responses: { '204': { description: Done } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }
`;

Deno.test("serveDocument() responds 501 to valid requests with the secret, and refuses others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "pets.yaml");
    await Deno.writeTextFile(path, DOCUMENT);
    await using served = await serveDocument(path);
    assertEquals(served.warnings, []);
    const status = async (target: string, key: string): Promise<number> => {
      const response = await fetch(`${served.url}${target}`, { headers: { "X-Key": key } });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await status("/pets?limit=1", "corpus"), 501);
    assertEquals(await status("/pets?limit=a", "corpus"), 400);
    assertEquals(await status("/pets?limit=1", "other"), 401);
    assertEquals(await status("/openapi/corpus.json", ""), 200);
    await Deno.writeTextFile(path, DOCUMENT.replace("integer", "number of pets"));
    await assertRejects(() => serveDocument(path), GenerationError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
