import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { writeGenerated } from "./write_generated.ts";

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

Deno.test("writeGenerated() creates the folder, replaces files and removes stale ones", async () => {
  const root = await Deno.makeTempDir();
  try {
    const folder = join(root, "api", "x");
    const first = new Map([["a.gen.ts", "1"], ["old.gen.js", "1"]]);
    assertEquals(await writeGenerated({ folder, files: first }), 2);
    assertEquals(await writeGenerated({ folder, files: first }), 0);
    await Deno.writeTextFile(join(folder, "notes.md"), "kept");
    const second = new Map([["a.gen.ts", "2"], ["b.gen.d.ts", "2"]]);
    assertEquals(await writeGenerated({ folder, files: second }), 3);
    assertEquals(await names(folder), ["a.gen.ts", "b.gen.d.ts", "notes.md"]);
    assertEquals(await Deno.readTextFile(join(folder, "a.gen.ts")), "2");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeGenerated() keeps the old files if it cannot write all new ones", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeGenerated({ folder, files: new Map([["a.gen.ts", "1"]]) });
    await assertRejects(() =>
      writeGenerated({ folder, files: new Map([["a.gen.ts", "2"], ["no/b.gen.ts", "2"]]) })
    );
    assertEquals(await names(folder), ["a.gen.ts"]);
    assertEquals(await Deno.readTextFile(join(folder, "a.gen.ts")), "1");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
