import { assertEquals } from "@std/assert";
import { compileArguments } from "./compile_targets.ts";

Deno.test("compileArguments() names the target and puts flags before the program", () => {
  assertEquals(
    compileArguments({ target: "x86_64-pc-windows-msvc", flags: ["--include", "a", "--include", "b"] }).join(
      " ",
    ),
    "compile -q -P=default --include a --include b --target x86_64-pc-windows-msvc " +
      "--output dist/archway-x86_64-pc-windows-msvc main.ts",
  );
});
