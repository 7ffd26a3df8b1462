import { assertEquals, assertFalse } from "@std/assert";
import { join } from "node:path";
import {
  durationSetting,
  integerSetting,
  secretSetting,
  textSetting,
} from "@archway/service_kit/setting_types.ts";
import { EnvironmentReader } from "./environment_reader.ts";

async function withFile(content: string, run: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_environment_" });
  try {
    const path = join(folder, "secret");
    await Deno.writeTextFile(path, content);
    run(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readerOf(environment: Readonly<Record<string, string>>): EnvironmentReader {
  return new EnvironmentReader((name) => environment[name]);
}

const TOKEN = secretSetting("TOKEN", { description: "A secret." });
const TIMEOUT = durationSetting("TIMEOUT", {
  default: "5s",
  aliases: ["OLD_TIMEOUT"],
  description: "A timeout.",
});
const LIMIT = integerSetting("LIMIT", { min: 1, max: 9, description: "A limit." });
const NAME = textSetting("NAME", { description: "A name." });

Deno.test("EnvironmentReader.read() reads a secret, or its file without the final line break", async () => {
  const contents = [["s3cret", "s3cret"], ["s3cret\n", "s3cret"], ["a b \r\n", "a b "], ["a\n\n", "a\n"]];
  for (const [content = "", expected] of contents) {
    await withFile(content, (path) => {
      const reader = readerOf({ TOKEN_FILE: path });
      assertEquals([reader.read(TOKEN), reader.require(TOKEN, "")], [expected, expected]);
      assertEquals(reader.errors, []);
      assertEquals(reader.values.get("TOKEN")?.source, { kind: "file", variable: "TOKEN_FILE", path });
    });
  }
  const reader = readerOf({ TOKEN: "s3cret", TOKEN_FILE: "" });
  assertEquals([reader.read(TOKEN), readerOf({}).read(TOKEN)], ["s3cret", undefined]);
  assertEquals(reader.errors, []);
});

Deno.test("EnvironmentReader.read() rejects two variables for one secret, and unusable files, without values", async () => {
  await withFile("planted", (path) => {
    const reader = readerOf({ TOKEN: "planted", TOKEN_FILE: path });
    reader.read(TOKEN);
    assertEquals(reader.errors, [
      { variable: "TOKEN", reason: "and TOKEN_FILE are both set; keep one of them" },
    ]);
  });
  await withFile("\n", (path) => {
    const missing = readerOf({ TOKEN_FILE: `${path}.planted` });
    const directory = readerOf({ TOKEN_FILE: join(path, "..") });
    const device = readerOf({ TOKEN_FILE: "/dev/null" });
    const empty = readerOf({ TOKEN_FILE: path });
    const expected: readonly [EnvironmentReader, string][] = [
      [missing, "names a file that cannot be read"],
      [directory, "names a file that is not a regular file"],
      [device, "names a file that is not a regular file"],
      [empty, "names a file that is empty"],
    ];
    for (const [reader, reason] of expected) {
      assertEquals(reader.require(TOKEN, ""), "");
      assertEquals(reader.errors, [{ variable: "TOKEN_FILE", reason }]);
      assertFalse(JSON.stringify(reader.errors).includes("planted"));
    }
  });
  await withFile("x".repeat(65 * 1024 + 1), (path) => {
    const reader = readerOf({ TOKEN_FILE: path });
    assertEquals(reader.read(TOKEN), undefined);
    assertEquals(reader.errors, [
      { variable: "TOKEN_FILE", reason: "names a file that is larger than 64 KiB" },
    ]);
  });
});

Deno.test("EnvironmentReader.require() reports a missing value once", () => {
  const reader = readerOf({ NAME: "" });
  assertEquals([reader.require(NAME, "none"), reader.require(LIMIT, 1)], ["none", 1]);
  assertEquals(reader.errors, [
    { variable: "NAME", reason: "is required" },
    { variable: "LIMIT", reason: "is required" },
  ]);
});

Deno.test("EnvironmentReader.read() accepts an alias, and reports invalid values under its name", () => {
  assertEquals(readerOf({ OLD_TIMEOUT: "7s" }).read(TIMEOUT), 7000);
  const both = readerOf({ OLD_TIMEOUT: "7s", TIMEOUT: "8s" });
  assertEquals(both.read(TIMEOUT), 8000);
  assertEquals(both.errors, [{
    variable: "TIMEOUT",
    reason: "and OLD_TIMEOUT are both set; keep one of them",
  }]);
  const invalid = readerOf({ OLD_TIMEOUT: "soon" });
  assertEquals(invalid.read(TIMEOUT), 5000);
  assertEquals(invalid.errors.map(({ variable }) => variable), ["OLD_TIMEOUT"]);
});

Deno.test("EnvironmentReader.values records each value with its source", () => {
  const reader = readerOf({ LIMIT: "3", TOKEN: "s3cret" });
  reader.read(LIMIT);
  reader.read(TIMEOUT);
  reader.read(TOKEN);
  reader.readOr(NAME, "derived name");
  assertEquals([...reader.values], [
    ["LIMIT", { text: "3", source: { kind: "environment", variable: "LIMIT" } }],
    ["TIMEOUT", { text: "5s", source: { kind: "default" } }],
    ["TOKEN", { text: "s3cret", source: { kind: "environment", variable: "TOKEN" } }],
    ["NAME", { text: "derived name", source: { kind: "derived" } }],
  ]);
});
