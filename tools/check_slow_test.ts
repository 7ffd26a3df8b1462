import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { checkTree } from "./check.ts";
import { checkoutCopy } from "./support/checkout_copy.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** Folders of the copy: those with violations, and those that the generator reads. */
const FOLDERS = [
  "api",
  "oapi",
  "server",
  "tools/oapi_codegen",
  "tools/support/contact_service",
];

Deno.test("checkTree() finds nothing in this tree", async () => {
  assertEquals(await checkTree(ROOT), []);
});

Deno.test("check.ts reports every violation of a tree and fails", async () => {
  await using copy = await checkoutCopy(FOLDERS);
  await append(join(copy.path, "server/problem.ts"), 'import "@archway/db/db.ts";\n');
  await append(join(copy.path, "tools/support/contact_service/api/contactapi/server.gen.ts"), "\n");
  await append(join(copy.path, "server/problem.ts"), "/** What a client is told. */\n");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=check", "tools/check.ts"],
    cwd: copy.path,
    stdout: "null",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  assertEquals(code, 1);
  assertStringIncludes(said, ": imports db/; server/ may import itself\n");
  assertStringIncludes(said, ': "told": use send, return, report, publish or notify\n');
  assertStringIncludes(
    said,
    "tools/support/contact_service/api/contactapi/server.gen.ts: differs from the output of deno task gen for",
  );
});

async function append(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(file, text, { append: true });
}
