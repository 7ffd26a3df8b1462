import { assertEquals } from "@std/assert";
import { type AdminConfig, readAdminConfig } from "./admin_config.ts";
import { EnvironmentReader } from "./environment_reader.ts";

function parse(environment: Readonly<Record<string, string>>): readonly [AdminConfig | undefined, string[]] {
  const settings = new EnvironmentReader((name) => environment[name]);
  return [readAdminConfig(settings), settings.errors.map(({ variable }) => variable)];
}

Deno.test("readAdminConfig() requires a port, and defaults to the loopback address", () => {
  assertEquals(parse({}), [undefined, []]);
  assertEquals(parse({ ADMIN_PORT: "" }), [undefined, []]);
  assertEquals(parse({ ADMIN_PORT: "9464" }), [{ host: "127.0.0.1", port: 9464 }, []]);
  assertEquals(parse({ ADMIN_PORT: "0", ADMIN_HOST: "::" }), [{ host: "::", port: 0 }, []]);
});

Deno.test("readAdminConfig() rejects a host without a port, and invalid ports", () => {
  assertEquals(parse({ ADMIN_HOST: "0.0.0.0" })[1], ["ADMIN_HOST"]);
  for (const port of ["65536", "-1", "http", "9464x"]) {
    assertEquals(parse({ ADMIN_PORT: port })[1], ["ADMIN_PORT"]);
  }
  for (const ADMIN_HOST of ["http://127.0.0.1", "user:planted@admin", "127.0.0.0/8", "a b"]) {
    assertEquals(parse({ ADMIN_PORT: "9464", ADMIN_HOST })[1], ["ADMIN_HOST"]);
  }
});
