import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { freePort } from "@archway/tools/support/free_port.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { Program, untilReady } from "@archway/tools/support/program.ts";

async function check(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): ReturnType<Program["ended"]> {
  await using program = new Program(environment, ["healthcheck", ...args]);
  return await program.ended();
}

Deno.test("archway healthcheck reports whether the program is ready", async () => {
  await using database = await useTestDatabase();
  const port = String(freePort());
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    HOST: "0.0.0.0",
    AUTH_MODE: "none",
    PORT: port,
  };
  const down = await check(environment);
  assertEquals([down.code, down.stdout], [1, ""]);
  assertStringIncludes(down.stderr, "/readyz did not respond: ");
  await using program = new Program(environment);
  await program.url;
  await untilReady(`http://127.0.0.1:${port}`);
  assertEquals(await check(environment), { code: 0, stdout: "/readyz responded with 200\n", stderr: "" });
  assertEquals((await check({ PORT: port }, "--live")).stdout, "/livez responded with 200\n");
  const wrong = await check({ PORT: port }, "--alive");
  assertEquals([wrong.code, wrong.stderr], [2, "Usage: archway healthcheck [--live] [--worker]\n"]);
  assertEquals((await check({ PORT: "0" })).code, 1);
});

Deno.test("archway healthcheck fails after a time if the server does not respond", async () => {
  // The system accepts the connection.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stderr } = await check({ PORT: `${listener.addr.port}` }, "--live");
  assertEquals(code, 1);
  assertMatch(stderr, /^\/livez did not respond: .*(?:time|abort).*\n$/i);
});

Deno.test("archway healthcheck connects over TLS, whatever name the certificate has", async () => {
  await using database = await useTestDatabase();
  const { certificate, key } = tlsFiles("first");
  const environment = {
    ...postgresEnvironment(database.instance),
    MIGRATE_ON_START: "true",
    TLS_CERT_FILE: certificate,
    TLS_KEY_FILE: key,
    AUTH_MODE: "none",
    PORT: String(freePort()),
  };
  await using program = new Program(environment);
  await program.url;
  assertEquals((await check(environment, "--live")).code, 0);
});
