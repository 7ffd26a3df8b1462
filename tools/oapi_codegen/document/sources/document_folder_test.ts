import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { diskFolder } from "./document_folder.ts";

Deno.test("diskFolder() reads files of the project, and none outside of it", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "project/apis/pets"), { recursive: true });
    for (const path of ["project/shared.yaml", "project/apis/pets/pet.yaml", "secret.yaml"]) {
      await Deno.writeTextFile(join(root, path), path);
    }
    const pets = join(root, "project/apis/pets");
    const folder = diskFolder(pets, join(root, "project"));
    assertEquals(await folder.read("pet.yaml"), "project/apis/pets/pet.yaml");
    assertEquals(await folder.read("../../shared.yaml"), "project/shared.yaml");
    assertEquals(await folder.read("../../../secret.yaml"), undefined);
    assertEquals([folder.contains("../../none.yaml"), folder.contains("../../../secret.yaml")], [
      true,
      false,
    ]);
    // Neither through a link, nor from a pipe, which would never end.
    await Deno.symlink("../../../secret.yaml", join(pets, "link.yaml"));
    await Deno.symlink("../../shared.yaml", join(pets, "shared.yaml"));
    assert((await new Deno.Command("mkfifo", { args: [join(pets, "pipe.yaml")] }).output()).success);
    assertEquals([await folder.read("link.yaml"), await folder.read("pipe.yaml")], [undefined, undefined]);
    assertEquals(await folder.read("shared.yaml"), "project/shared.yaml");
    // A folder outside of the project has its own files alone.
    const elsewhere = diskFolder(pets, join(root, "other"));
    assertEquals(await elsewhere.read("pet.yaml"), "project/apis/pets/pet.yaml");
    assertEquals(await elsewhere.read("../../shared.yaml"), undefined);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
