import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { join, resolve } from "node:path";
import { DOCUMENT_FOLDERS } from "./document_folders.ts";
import { GenerationError } from "./diagnostics/diagnostics.ts";
import { generate } from "./generate.ts";
import { generateAll } from "./generate_all.ts";
import { member } from "./document/json_value.ts";
import { walkReferences } from "./document/reference_walk.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const FIXTURE = join(ROOT, "tools/support/contact_service");
const CONFIG = join(FIXTURE, "oapi/cfg.server.contact.yaml");

Deno.test("generate() returns the committed text", async () => {
  const { folder, files } = await generate(CONFIG);
  assertEquals(folder, join(FIXTURE, "api/contactapi"));
  for (const [name, text] of files) {
    assert(text === await Deno.readTextFile(join(folder, name)), `${name} is stale: run deno task gen`);
  }
});

Deno.test("generate() returns self-contained documents", async () => {
  for (const { folder, files } of await generateAll(DOCUMENT_FOLDERS.map((folder) => join(ROOT, folder)))) {
    if (!files.has("spec.gen.ts")) continue;
    const { spec }: { readonly spec: string } = await import(
      `data:application/typescript,${encodeURIComponent(files.get("spec.gen.ts") ?? "")}`
    );
    const value: JsonValue = JSON.parse(spec);
    const references = walkReferences({ value, pointer: "" }).map(({ ref }) => ref);
    assertEquals(references.filter((reference) => !reference.startsWith("#/")), [], folder);
    assertEquals(member(value, "x-operation-defaults"), undefined, folder);
  }
});

Deno.test("generate() does not depend on working directory, locale or time zone", async () => {
  const script = `
    const { generate } = await import(${JSON.stringify(join(import.meta.dirname ?? ".", "generate.ts"))});
    const { files } = await generate(${JSON.stringify(CONFIG)});
    console.log(JSON.stringify([...files]));
  `;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", join(ROOT, "deno.json"), script],
    cwd: "/",
    env: { LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  const { files } = await generate(CONFIG);
  assert(new TextDecoder().decode(stdout).trimEnd() === JSON.stringify([...files]));
});

Deno.test("generate() names a file that cannot be read", async () => {
  const error = await assertRejects(
    () => generate(join(ROOT, "oapi", "cfg.server.none.yaml")),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ file }) => file), ["oapi/cfg.server.none.yaml"]);
});

Deno.test("generate() applies the overlays and the selection of a configuration", async () => {
  const folder = join(ROOT, ".archway", `generate-${crypto.randomUUID()}`);
  const configPath = join(folder, "cfg.server.pets.yaml");
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(
      configPath,
      `spec: pets.yaml
output: api
overlays: [fix.yaml]
exclude: { paths: [/internal/**] }
names: { operations: { GET /pets: allPets } }
options: { client: false, base-path: servers }
`,
    );
    await Deno.writeTextFile(
      join(folder, "pets.yaml"),
      `openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [{ url: https://pets.example/v2 }]
paths:
  /pets: { get: { responses: { "204": { description: None } } } }
  /internal/x: { get: { responses: {} } }
`,
    );
    await Deno.writeTextFile(
      join(folder, "fix.yaml"),
      `overlay: 1.0.0
info: { title: Fix, version: "1" }
actions: [{ target: $.paths.*.get, update: { security: [] } }]
`,
    );
    const { files, warnings } = await generate(configPath);
    assertEquals(warnings, []);
    assertMatch(files.get("server.gen.ts") ?? "", /operationId: "allPets",\n.*\n {2}path: "\/v2\/pets"/);
    await Deno.remove(join(folder, "fix.yaml"));
    await assertRejects(() => generate(configPath), GenerationError, "The overlay cannot be read");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
