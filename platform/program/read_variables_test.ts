import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "@archway/config/config.ts";
import { readVariables } from "./read_variables.ts";

const TEXT = `# comment
PORT=1
HOST='a # b'

LOG_LEVEL=
export PUBLIC_URL = https://a.example/b=c  # comment\r
HMAC_SECRET="a'b$HOME"
`;

Deno.test("readVariables() adds the variables of SETTINGS_FILE that the environment lacks", async () => {
  const path = await Deno.makeTempFile({ prefix: "settings_" });
  try {
    await Deno.writeTextFile(path, TEXT);
    const environment = { SETTINGS_FILE: path, PORT: "2" };
    assertEquals(readVariables(environment), {
      ...environment,
      HOST: "a # b",
      LOG_LEVEL: "",
      PUBLIC_URL: "https://a.example/b=c",
      HMAC_SECRET: "a'b$HOME",
    });
    await Deno.writeTextFile(path, "PORT=1\n\nHOST='a\n");
    const { errors } = assertThrows(() => readVariables(environment), ConfigError);
    const reason = "has no NAME=value, with or without quotes, in line 3";
    assertEquals(errors, [{ variable: "SETTINGS_FILE", reason }]);
  } finally {
    await Deno.remove(path);
  }
  assertEquals(readVariables({ PORT: "2" }), { PORT: "2" });
  assertEquals(readVariables({ SETTINGS_FILE: "" }), { SETTINGS_FILE: "" });
});

Deno.test("readVariables() rejects a file that cannot be read", () => {
  const { errors } = assertThrows(() => readVariables({ SETTINGS_FILE: "/nonexistent/file" }), ConfigError);
  assertEquals(errors, [{ variable: "SETTINGS_FILE", reason: "names a file that cannot be read" }]);
});
