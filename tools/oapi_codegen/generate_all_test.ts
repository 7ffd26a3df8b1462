import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { basename, join } from "node:path";
import { GenerationError } from "./diagnostics/diagnostics.ts";
import { generateAll } from "./generate_all.ts";

const DOCUMENT = `
openapi: 3.1.0
info: { title: T, version: '1' }
paths: { /a: { get: { operationId: a, security: [], responses: { '204': { description: Done } } } } }
`;

async function withFolder(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("generateAll() generates the output of every configuration in a folder", async () => {
  await withFolder({
    "t.yaml": DOCUMENT,
    "cfg.server.b.yaml": "spec: t.yaml\noutput: out/b\n",
    "cfg.server.a.yaml": "spec: t.yaml\noutput: out/a_api\n",
    "cfg.server.c.yaml": "spec: t.yaml\noutput: out/c\noptions: { client: false }\n",
    "cfg.client.d.yaml": "anything",
  }, async (folder) => {
    const folders = (await generateAll([folder])).map((generated) => generated.folder);
    const clients = ["a", "b", "runtime"].map((name) => `clients/typescript/${name}`);
    assertEquals(folders, ["a_api", "b", "c", ...clients].map((name) => join(folder, "out", name)));
  });
});

Deno.test("generateAll() reports the diagnostics of all configurations", async () => {
  await withFolder({
    "t.yaml": DOCUMENT,
    "old.yaml": "openapi: 2.5.0\n",
    "cfg.server.a.yaml": "spec: old.yaml\noutput: out/a\n",
    "cfg.server.b.yaml": "spec: none.yaml\noutput: out/b\n",
    "cfg.server.c.yaml": "spec: t.yaml\noutput: out/c\n",
    "cfg.server.d.yaml": "spec: t.yaml\noutput: ./out/../out/c\n",
  }, async (folder) => {
    const { diagnostics } = await assertRejects(() => generateAll([folder]), GenerationError);
    assertEquals(diagnostics.map(({ at }) => at), ["/openapi", "", "/output"]);
  });
});

Deno.test("generateAll() reports outputs that may not be written at their line", async () => {
  await withFolder({
    "t.yaml": DOCUMENT,
    "cfg.server.a.yaml": "spec: t.yaml\noutput: ../elsewhere/a\n",
    "cfg.server.b.yaml": "spec: t.yaml\noutput: api/b\n",
    // Its clients would be written beside api.
    "cfg.server.c.yaml": "spec: t.yaml\noutput: api\n",
  }, async (folder) => {
    const mayWrite = (path: string): boolean => path.startsWith(join(folder, "api"));
    const { diagnostics } = await assertRejects(() => generateAll([folder], { mayWrite }), GenerationError);
    assertEquals(diagnostics.map(({ file, at, line }) => [basename(file), at, line]), [
      ["cfg.server.a.yaml", "/output", 2],
      ["cfg.server.c.yaml", "/output", 2],
    ]);
    assertMatch(diagnostics[0]?.message ?? "", /below api\/, which gen may write/);
  });
});
