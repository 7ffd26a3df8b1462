import { assertEquals } from "@std/assert";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname ?? ".", "../screenshots");

Deno.test("each screenshot has less than 100 kB, and one in the other mode", async () => {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  const wrong = [];
  for (const name of names) {
    const { size } = await Deno.stat(join(FOLDER, name));
    const other = name.includes("_light") ? name.replace("_light", "_dark") : name.replace("_dark", "_light");
    if (size >= 100_000 || other === name || !names.includes(other)) wrong.push(`${name}: ${size} bytes`);
  }
  assertEquals(wrong, []);
});
