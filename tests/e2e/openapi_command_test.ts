import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "yaml";
import { Program, type ProgramResult } from "@archway/tools/support/program.ts";

async function openapi(...args: readonly string[]): Promise<ProgramResult> {
  await using program = new Program({}, ["openapi", ...args]);
  return await program.ended();
}

Deno.test("archway openapi prints documents and their names without settings or a database", async () => {
  const [names, json, yaml, unknown, wrong] = await Promise.all([
    openapi(),
    openapi("contact"),
    openapi("--yaml", "contact"),
    openapi("contacts"),
    openapi("contact", "webhook"),
  ]);
  assertEquals([names.code, names.stdout.includes("contact\n")], [0, true], names.stderr);
  const document = JSON.parse(json.stdout);
  assertEquals([json.code, document.openapi], [0, "3.1.0"]);
  assertEquals(parse(yaml.stdout), document);
  assertEquals([unknown.code, unknown.stdout], [1, ""]);
  assertStringIncludes(unknown.stderr, 'openapi: no document "contacts"; did you mean contact?\n');
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, "Usage: archway openapi [<name>] [--yaml]\n");
});
