import { assertEquals } from "@std/assert";
import { OUT_OF_FILES_TEXT } from "@archway/program/out_of_files.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { commandOf } from "@archway/tools/support/program.ts";

Deno.test({
  name: "archway reports in one sentence that the limit of open files is too low",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "archway_files_" });
    const { file, args, cwd } = commandOf();
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 64 && exec "$@"', "sh", file, ...args],
      cwd,
      env: { EMBEDDED_DATA_DIR: folder, PORT: "0" },
    }).output();
    // Warnings may precede it.
    assertEquals([code, errorLines(new TextDecoder().decode(stderr))], [1, [OUT_OF_FILES_TEXT.trim()]]);
    await Deno.remove(folder, { recursive: true });
  },
});
