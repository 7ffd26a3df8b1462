import { assertEquals } from "@std/assert";
import { configureLogging } from "../logging.ts";

Deno.test("redirectConsole() sends what packages print to the log, and restores the console", async () => {
  const { console } = globalThis;
  const original: unknown = Reflect.get(console, "warn");
  let text = "";
  const target = {
    write(bytes: Uint8Array): Promise<number> {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  {
    await using _logging = await configureLogging("warning", {
      terminal: false,
      stdout: target,
      stderr: target,
    });
    Reflect.apply(Reflect.get(console, "warn"), console, ["[WARN] %s at host", "no password"]);
    Reflect.apply(Reflect.get(console, "log"), console, ["below the level"]);
  }
  const { severity_text, body } = JSON.parse(text);
  assertEquals([severity_text, body], ["WARN", "Printed by a package: [WARN] no password at host"]);
  assertEquals(Reflect.get(console, "warn"), original);
});

Deno.test("configureLogging() writes nothing at level off", async () => {
  let text = "";
  const target = {
    write(bytes: Uint8Array): Promise<number> {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
  };
  {
    await using logging = await configureLogging("off", { terminal: false, stdout: target, stderr: target });
    logging.logger.fatal("Not written");
  }
  assertEquals(text, "");
});
