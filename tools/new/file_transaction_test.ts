import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { FileTransaction } from "./file_transaction.ts";

Deno.test("FileTransaction restores changed files and removes created ones, unless committed", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_new_" });
  try {
    const read = (path: string): Promise<string> => Deno.readTextFile(join(root, path));
    const names = async (): Promise<readonly string[]> =>
      (await Array.fromAsync(Deno.readDir(root), ({ name }) => name)).toSorted();
    await Deno.writeTextFile(join(root, "list"), "old");
    const change = async (isCommitted: boolean): Promise<void> => {
      await using transaction = new FileTransaction(root);
      for (const path of ["folder", "absent"]) transaction.willCreate(path);
      await transaction.create("folder/inner/file", "text");
      await transaction.change("list", "new");
      if (isCommitted) transaction.commit();
    };
    await change(false);
    assertEquals([await names(), await read("list")], [["list"], "old"]);
    await change(true);
    assertEquals([await names(), await read("list")], [["folder", "list"], "new"]);
    await assertRejects(
      () => new FileTransaction(root).create("folder/inner/file", ""),
      Deno.errors.AlreadyExists,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
