import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { FileError, MAX_PEM_BYTES, readLimitedFile, readLimitedFileSync } from "./limited_file.ts";

const LIMIT = 65 * 1024;

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_limited_file_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function assertRefused(path: string, maxBytes: number, message: string): Promise<void> {
  const error = await assertRejects(() => readLimitedFile(path, maxBytes), FileError);
  assertEquals(error.message, message);
  assertEquals(assertThrows(() => readLimitedFileSync(path, maxBytes), FileError).message, message);
}

Deno.test("readLimitedFile() reads a file up to the limit, and through a symbolic link", async () => {
  await withFolder(async (folder) => {
    const [path, link] = [join(folder, "file"), join(folder, "link")];
    await Deno.symlink(path, link);
    for (const text of ["", "é\n", "\uFEFFtext", "x".repeat(LIMIT)]) {
      await Deno.writeTextFile(path, text);
      for (const each of [path, link]) {
        assertEquals(await readLimitedFile(each, LIMIT), text);
        assertEquals(readLimitedFileSync(each, LIMIT), text);
      }
    }
  });
});

Deno.test("readLimitedFile() refuses larger files, directories and devices", async () => {
  await withFolder(async (folder) => {
    const [path, link] = [join(folder, "file"), join(folder, "link")];
    await Deno.writeTextFile(path, "x".repeat(LIMIT + 1));
    await assertRefused(path, LIMIT, "is larger than 65 KiB");
    await Deno.writeTextFile(path, "x".repeat(MAX_PEM_BYTES + 1));
    await assertRefused(path, MAX_PEM_BYTES, "is larger than 1 MiB");
    await assertRefused(folder, LIMIT, "is not a regular file");
    await assertRefused("/dev/null", LIMIT, "is not a regular file");
    await Deno.symlink("/dev/null", link);
    await assertRefused(link, LIMIT, "is not a regular file");
  });
});

Deno.test("readLimitedFile() passes on the error of the platform, and stops when cancelled", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "file");
    await assertRejects(() => readLimitedFile(path, LIMIT), Deno.errors.NotFound);
    assertThrows(() => readLimitedFileSync(path, LIMIT), Deno.errors.NotFound);
    await Deno.writeTextFile(path, "text");
    const signal = AbortSignal.abort(new RangeError("Cancelled"));
    await assertRejects(() => readLimitedFile(path, LIMIT, { signal }), RangeError, "Cancelled");
  });
});
