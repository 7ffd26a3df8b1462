import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { listSources } from "./check/import_graph.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** What of the tree a check looks at besides sources. */
const OTHERS = [
  "deno.json",
  "deno.lock",
  "oapi/common.yaml",
  "oapi/profile-api-spec.yaml",
  "oapi/cfg.server.profile.yaml",
  "oapi/payment-api-spec.yaml",
  "oapi/cfg.server.payment.yaml",
];

/** Copies the tree, changes one file of the copy, and gives what the check there says. */
async function checkTampered(
  file: string,
  change: (text: string) => string,
): Promise<{ code: number; said: string }> {
  const copy = await Deno.makeTempDir({ prefix: "archway_check_" });
  try {
    for (const path of [...await listSources(ROOT), ...OTHERS]) {
      await Deno.mkdir(dirname(join(copy, path)), { recursive: true });
      await Deno.copyFile(join(ROOT, path), join(copy, path));
    }
    await Deno.writeTextFile(join(copy, file), change(await Deno.readTextFile(join(copy, file))));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=check", "tools/check.ts"],
      cwd: copy,
      stdout: "null",
      stderr: "piped",
    }).output();
    return { code, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

Deno.test("checkTree() finds nothing in the tree as it stands", async () => {
  const { code, said } = await checkTampered("main.ts", (text) => text);
  assertEquals([code, said], [0, "Generated files and boundaries: as they should be\n"]);
});

Deno.test("checkTree() finds a generated file that was edited", async () => {
  const { code, said } = await checkTampered("api/profileapi/server.gen.ts", (text) => `${text}\n`);
  assertEquals(code, 1);
  assertStringIncludes(said, "api/profileapi/server.gen.ts: is not what deno task gen makes of");
});

Deno.test("checkTree() finds a document that generated files do not follow", async () => {
  const change = (text: string): string => text.replace("maximum: 150", "maximum: 151");
  const { code, said } = await checkTampered("oapi/profile-api-spec.yaml", change);
  assertEquals(code, 1);
  assertStringIncludes(said, "api/profileapi/validators.gen.js: is not what deno task gen makes of");
});

Deno.test("checkTree() finds a common component that generated files do not follow", async () => {
  const change = (text: string): string => text.replace("maxItems: 100", "maxItems: 101");
  const { code, said } = await checkTampered("oapi/common.yaml", change);
  assertEquals(code, 1);
  assertStringIncludes(said, "api/profileapi/validators.gen.js: is not what deno task gen makes of");
});

Deno.test("checkTree() names the line of a wrong reference in the commons", async () => {
  const change = (text: string): string =>
    text.replace(
      'items: { $ref: "#/components/schemas/InvalidParam" }',
      'items: { $ref: "#/components/schemas/InvalidParms" }',
    );
  const { code, said } = await checkTampered("oapi/common.yaml", change);
  assertEquals(code, 1);
  assertStringIncludes(
    said,
    "/invalidParams/items/$ref: The reference points to nothing in this document; did you mean",
  );
  assertStringIncludes(said, "oapi/common.yaml:");
});

Deno.test("checkTree() finds a document that cannot be generated from", async () => {
  const change = (text: string): string => text.replace('schemas/NewProfile"', 'schemas/NoProfile"');
  const { code, said } = await checkTampered("oapi/profile-api-spec.yaml", change);
  assertEquals(code, 1);
  assertStringIncludes(
    said,
    "requestBody/content/application~1json/schema/$ref: The reference points to nothing",
  );
});

Deno.test("checkTree() finds an import across a boundary", async () => {
  const change = (text: string): string => `import "@archway/profile_service/profile.ts";\n${text}`;
  const { code, said } = await checkTampered("server/problem.ts", change);
  assertEquals(code, 1);
  assertStringIncludes(
    said,
    "server/problem.ts -> profile_service/profile.ts: server/ knows HTTP and no service",
  );
});

Deno.test("checkTree() finds a use case that reaches a driver through another file", async () => {
  const change = (text: string): string => `import "postgres";\n${text}`;
  const { code, said } = await checkTampered("profile_service/profile_error.ts", change);
  assertEquals(code, 1);
  assertStringIncludes(said, "profile_service/app.ts -> profile_service/profile_error.ts -> postgres");
});

Deno.test("checkTree() finds a file besides main.ts that reads the environment", async () => {
  const change = (text: string): string => `${text}\nDeno.env.get("HOME");\n`;
  const { code, said } = await checkTampered("server/request/request_head.ts", change);
  assertEquals(code, 1);
  assertStringIncludes(said, "main.ts alone reads the environment");
});
