import { assert, assertEquals } from "@std/assert";
import { join, resolve } from "node:path";
import { generateFiles } from "./generate_files.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
/** Ends every kind of comment, text and line in code. */
const INJECTION =
  "*/ } ; globalThis.injected = true; /* ${globalThis.injected = true} ` ' \" \\ \u2028 \r\n */\n//";
const NAMES = ["constructor", "toString", "a`b", "${x}", "*/", "a\"b'c\\", "a\nb", "schema11", INJECTION];
/** Texts that resemble the code of validators. */
const CODE = ["vErrors.concat(x.errors)", 'const x = require("fs")', 'message:"must be string,null"'];

const text = { type: "string", description: INJECTION, enum: [INJECTION, ...CODE] };
const object = {
  title: INJECTION,
  type: "object",
  properties: Object.fromEntries(NAMES.map((name) => [name, text])),
};
const content = { schema: { $ref: "#/components/schemas/E`*-${x}" } };
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: INJECTION, version: INJECTION, description: INJECTION },
  paths: {
    "/a/{b`c}": {
      parameters: [{ name: "b`c", in: "path", required: true, schema: text }],
      post: {
        summary: INJECTION,
        description: INJECTION,
        operationId: INJECTION,
        security: [],
        parameters: NAMES.map((name) => ({ name, in: "query", description: INJECTION, schema: text })),
        requestBody: {
          description: INJECTION,
          required: true,
          content: {
            "application/json": content,
            "application/x-www-form-urlencoded": content,
            "image`|any|`/*": {},
            'text/`$x;p="`${x}\\""': {},
          },
        },
        responses: {
          "200": {
            description: INJECTION,
            headers: { "X-`$": { description: INJECTION, schema: text } },
            content: { "image`|any|`/*": {} },
          },
        },
        "x-injection": { [INJECTION]: INJECTION },
      },
    },
  },
  components: { schemas: { "E`*-${x}": object } },
};

Deno.test("generateFiles() writes texts of the document as texts, whatever they contain", async () => {
  const { files, client = new Map() } = await generateFiles(JSON.stringify(DOCUMENT), {
    ...{ file: "injection.yaml", clientName: "injection" },
  });
  const folder = join(ROOT, ".archway", `injection-${crypto.randomUUID()}`);
  const paths = [...files].map(([name, content]) => ({ path: join(folder, "server", name), content }));
  for (const [name, content] of client) {
    const runtime = join(ROOT, "api/clients/typescript/runtime");
    paths.push({ path: join(folder, "client", name), content: content.replaceAll("../runtime", runtime) });
  }
  try {
    await Deno.mkdir(join(folder, "server"), { recursive: true });
    await Deno.mkdir(join(folder, "client"), { recursive: true });
    for (const { path, content } of paths) await Deno.writeTextFile(path, content);
    const check = new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", ...paths.map(({ path }) => path).filter((path) => path.endsWith(".ts"))],
      cwd: ROOT,
      stderr: "piped",
    });
    const { success, stderr } = await check.output();
    assert(success, new TextDecoder().decode(stderr));
    const validators = await import(`file://${folder}/server/validators.gen.js`);
    const server = await import(`file://${folder}/server/server.gen.ts`);
    assert(!("injected" in globalThis));
    assertEquals(JSON.parse(server.spec).info.title, INJECTION);
    const [name = ""] = Object.keys(validators).filter((name) => name.endsWith("BodyApplicationJson"));
    for (const value of [INJECTION, ...CODE]) assert(validators[name]({ [INJECTION]: value }), value);
    assert(!validators[name]({ [INJECTION]: "joinErrors(vErrors, x.errors)" }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
