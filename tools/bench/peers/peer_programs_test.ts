import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { PEER_PROGRAMS } from "./peer_programs.ts";

const FOLDER = import.meta.dirname ?? ".";
const FOLDERS = ["runtimes", ...PEER_PROGRAMS.map(({ folder }) => folder)];

Deno.test("PEER_PROGRAMS are all folders, each with a lock file that names no address", async () => {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(FOLDER)) if (isDirectory) found.push(name);
  assertEquals(found.toSorted(), FOLDERS.toSorted());
  for (const folder of FOLDERS.filter((folder) => folder !== "go")) {
    const lock = await Deno.readTextFile(join(FOLDER, folder, "package-lock.json"));
    assertEquals(lock.includes('"resolved"'), false, `${folder}/package-lock.json: remove "resolved"`);
  }
});

Deno.test("PEER_PROGRAMS report the versions of packages that they depend on", async () => {
  for (const { folder, runtime, shown } of PEER_PROGRAMS) {
    const file = runtime === "go" ? "go.mod" : "package.json";
    const manifest = await Deno.readTextFile(join(FOLDER, folder, file));
    for (const name of shown) {
      const known = runtime === "go" ? new RegExp(`/${name}(?:/v\\d+)? v`) : new RegExp(`"${name}": "\\d`);
      assertEquals(known.test(manifest), true, `${folder}/${file}: ${name}`);
    }
  }
});

Deno.test("PEER_PROGRAMS are formatted", async () => {
  // Without the configuration of the project, which excludes them from its checks.
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--check", "--no-config", "--line-width=110", "--ext=ts", ...await sources(FOLDER)],
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
});

async function sources(folder: string, depth = 0): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await sources(path, depth + 1));
    else if (depth > 0 && name.endsWith(".ts")) found.push(path);
  }
  return found;
}
