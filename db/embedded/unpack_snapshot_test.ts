import { assertEquals } from "@std/assert";
import { pgliteVersion, postgresMajor } from "./pglite_version.ts";
import { unpackSnapshot, versionFile } from "./unpack_snapshot.ts";

Deno.test("unpackSnapshot() creates a data directory of the PGlite version in use", async () => {
  const directory = await Deno.makeTempDir();
  await unpackSnapshot(`${directory}/cluster`);
  const manifest: { version: string } = JSON.parse(
    await Deno.readTextFile(new URL("../package.json", import.meta.resolve("@electric-sql/pglite"))),
  );
  assertEquals(pgliteVersion, manifest.version);
  assertEquals(await Deno.readTextFile(`${directory}/cluster/${versionFile}`), `${manifest.version}\n`);
  assertEquals(await Deno.readTextFile(`${directory}/cluster/PG_VERSION`), `${postgresMajor}\n`);
  assertEquals(await Array.fromAsync(Deno.readDir(directory), ({ name }) => name), ["cluster"]);
  await Deno.remove(directory, { recursive: true });
});
