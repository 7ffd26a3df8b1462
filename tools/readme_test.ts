import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..");

async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, file));
}

Deno.test("README.md has fewer than 150 lines", async () => {
  assert((await read("README.md")).split("\n").length < 150);
});

Deno.test("docs/dependencies.md gives a reason for every dependency, and for nothing else", async () => {
  const { imports }: { imports: Record<string, string> } = JSON.parse(await read("deno.json"));
  const text = await read("docs/dependencies.md");
  const named = [...text.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)
  );
  // A name with a slash at its end maps the files of a package.
  const packages = Object.keys(imports).filter((name) => imports[name]?.startsWith("npm:"))
    .map((name) => name.replace(/\/$/, ""));
  assertEquals(named.toSorted(), packages.toSorted());
});
