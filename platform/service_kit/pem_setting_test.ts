import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { pemSetting } from "./pem_setting.ts";
import { InvalidSetting } from "./setting.ts";

const CA_FILE = pemSetting("CA_FILE", { description: "Certificates." });

Deno.test("pemSetting() reads a file in PEM", () => {
  assertMatch(CA_FILE.parse(tlsFiles("first").certificate) ?? "", /BEGIN CERTIFICATE/);
});

Deno.test("pemSetting() refuses what is not a file, and files that cannot be read or are not in PEM", async () => {
  const path = await Deno.makeTempFile({ prefix: "archway_pem_" });
  const reasonOf = (value: string): string =>
    assertThrows(() => CA_FILE.parse(value), InvalidSetting).message;
  try {
    assertEquals(reasonOf(path), "names a file that is not in PEM");
    assertEquals(reasonOf(`${path}.gone`), "names a file that cannot be read");
    assertEquals(reasonOf("/dev/null"), "names a file that is not a regular file");
    await Deno.writeTextFile(path, "x".repeat(1024 * 1024 + 1));
    assertEquals(reasonOf(path), "names a file that is larger than 1 MiB");
  } finally {
    await Deno.remove(path);
  }
});
