import { assertEquals, assertFalse } from "@std/assert";
import { join } from "node:path";
import { Settings } from "./settings.ts";

async function withFile(content: string, run: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_settings_" });
  try {
    const path = join(folder, "secret");
    await Deno.writeTextFile(path, content);
    run(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function settingsOf(environment: Readonly<Record<string, string>>): Settings {
  return new Settings((name) => environment[name]);
}

Deno.test("Settings.secret() reads the variable, or the file beside it without the break at its end", async () => {
  const contents = [["s3cret", "s3cret"], ["s3cret\n", "s3cret"], ["a b \r\n", "a b "], ["a\n\n", "a\n"]];
  for (const [content = "", expected] of contents) {
    await withFile(content, (path) => {
      const settings = settingsOf({ TOKEN_FILE: path });
      assertEquals([settings.secret("TOKEN"), settings.requiredSecret("TOKEN")], [expected, expected]);
      assertEquals(settings.faults, []);
    });
  }
  const settings = settingsOf({ TOKEN: "s3cret", TOKEN_FILE: "" });
  assertEquals([settings.secret("TOKEN"), settings.secret("OTHER")], ["s3cret", undefined]);
  assertEquals(settings.faults, []);
});

Deno.test("Settings.secret() refuses both at once, and files that are not there or empty, without their names", async () => {
  await withFile("planted", (path) => {
    const settings = settingsOf({ TOKEN: "planted", TOKEN_FILE: path });
    settings.secret("TOKEN");
    assertEquals(settings.faults, [{ variable: "TOKEN", reason: "and TOKEN_FILE are both set" }]);
  });
  await withFile("\n", (path) => {
    const missing = settingsOf({ TOKEN_FILE: `${path}.planted` });
    const directory = settingsOf({ TOKEN_FILE: join(path, "..") });
    const empty = settingsOf({ TOKEN_FILE: path });
    for (const settings of [missing, directory, empty]) {
      assertEquals(settings.requiredSecret("TOKEN"), "");
      assertEquals(settings.faults.map(({ variable }) => variable), ["TOKEN_FILE"]);
      assertFalse(JSON.stringify(settings.faults).includes("planted"));
    }
  });
});

Deno.test("Settings.requiredSecret() asks for the variable where neither is set", () => {
  const settings = settingsOf({});
  assertEquals(settings.requiredSecret("TOKEN"), "");
  assertEquals(settings.faults, [{ variable: "TOKEN", reason: "is required" }]);
});
