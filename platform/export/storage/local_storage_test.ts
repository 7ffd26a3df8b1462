import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "node:path";
import { EnvironmentReader } from "@archway/config/environment_reader.ts";
import { CommandError } from "@archway/service_kit/command.ts";
import { readExportConfig } from "../export_config.ts";
import { assertRows, inFolder, run } from "../testing/number_folder.ts";
import { numberStream } from "../testing/number_stream.ts";
import { filesIn, readManifest } from "../testing/read_data_set.ts";
import { openLocalStorage } from "./local_storage.ts";
import { readCompletion } from "./open_storage.ts";

Deno.test({
  name: "openLocalStorage() writes to no file elsewhere to which an unfinished one is a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await run(folder, { last: 1n });
      const victim = `${folder}-victim`;
      await Deno.writeTextFile(victim, "as before");
      await Deno.symlink(victim, join(folder, "manifest.json.tmp"));
      await run(folder, { last: 3n });
      assertEquals(await Deno.readTextFile(victim), "as before");
      await assertRows(folder, 3n);
    }),
});

Deno.test({
  name: "openLocalStorage() and readCompletion() wait for no pipe, and read no manifest without a limit",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.mkdir(folder, { recursive: true });
      const [manifest, lock] = [join(folder, "manifest.json"), join(folder, ".lock")];
      const makePipe = async (path: string): Promise<void> => {
        assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
      };
      const assertRefused = async (message: string): Promise<void> => {
        const options = {
          definition: numberStream({ last: 1n }),
          config: readExportConfig(new EnvironmentReader(() => undefined)),
        };
        const attempts = [() => run(folder, { last: 1n }), () => readCompletion(dirname(folder), options)];
        for (const attempt of attempts) {
          assertEquals((await assertRejects(attempt, CommandError)).message, message);
        }
      };
      await makePipe(manifest);
      await assertRefused(`${manifest} is not a regular file`);
      await Deno.remove(manifest);
      await Deno.create(manifest).then((file) => file.close());
      await Deno.truncate(manifest, 64 * 1024 * 1024 + 1);
      await assertRefused(`${manifest} is larger than 64 MiB`);
      await Deno.remove(manifest);
      for (const make of [makePipe, (path: string) => Deno.symlink(`${folder}-victim`, path)]) {
        await Deno.remove(lock);
        await make(lock);
        const { message } = await assertRejects(() => openLocalStorage(folder), CommandError);
        assertStringIncludes(message, ".lock is not a regular file");
      }
    }),
});

Deno.test({
  name: "openLocalStorage() neither writes nor reads in a folder to which that of a day is a link",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const [day, elsewhere] = [join(folder, "day=2026-11-29"), `${folder}-elsewhere`];
      for (const path of [folder, elsewhere]) await Deno.mkdir(path, { recursive: true });
      await Deno.symlink(elsewhere, day);
      const { message } = await assertRejects(() => run(folder, { last: 1n }), CommandError);
      assertStringIncludes(message, `${day} is not a directory of its own`);
      assertEquals(await filesIn(elsewhere), []);
      await Deno.remove(day);
      await run(folder, { last: 1n });
      await Deno.remove(elsewhere);
      await Deno.rename(day, elsewhere);
      await Deno.symlink(elsewhere, day);
      const { files: [file] } = await readManifest(folder);
      await using storage = await openLocalStorage(folder);
      await assertRejects(() => storage.readFile(file?.path ?? ""), CommandError);
    }),
});

Deno.test("openLocalStorage() refuses a folder to which another export writes", () =>
  inFolder(async (folder) => {
    {
      await using _storage = await openLocalStorage(folder);
      const error = await assertRejects(() => openLocalStorage(folder), CommandError);
      assertStringIncludes(error.message, "is in progress; wait for its end");
    }
    await run(folder, { last: 1n });
    await Deno.writeTextFile(`${folder}-file`, "");
    const error = await assertRejects(() => openLocalStorage(`${folder}-file`), CommandError);
    assertStringIncludes(error.message, "numbers-file cannot be written: ");
  }));
