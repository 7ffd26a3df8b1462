import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RawClient } from "@archway/server/testing/raw_client.ts";
import { errorLines } from "@archway/tools/support/error_lines.ts";
import { MainProgram, Program, untilReady } from "@archway/tools/support/program.ts";
import { TerminalProgram } from "@archway/tools/support/terminal_program.ts";

const HEAD =
  "POST /v1/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n";

async function withFolder(run: (environment: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
  const TMPDIR = `${folder}/tmp`;
  await Deno.mkdir(TMPDIR);
  try {
    await run({ EMBEDDED_DATA_DIR: `${folder}/data`, TMPDIR });
    // However it was stopped, it leaves no temporary files, but the cache of code that Deno has in executables.
    const names = await Array.fromAsync(Deno.readDir(TMPDIR), ({ name }) => name);
    assertEquals(names.filter((name) => !name.startsWith("deno-compile-")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sends a request whose body is incomplete. */
async function beginRequest(url: string): Promise<RawClient> {
  await untilReady(url);
  const client = await RawClient.open(url);
  await client.send(`${HEAD}{"name":`);
  // The server has received it once it has responded to another request on the same event loop.
  await (await fetch(`${url}/livez`)).body?.cancel();
  return client;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`archway under deno task completes requests when its process group gets ${signal}`, async () => {
    await withFolder(async (environment) => {
      await using program = new Program(environment, [], { byTask: true });
      using client = await beginRequest(await program.url);
      program.signal(signal);
      await program.untilWritten("Server is draining");
      await client.send('"Ada"}');
      assertMatch(await client.readAll(), /^HTTP\/1\.1 201 /);
      const { stdout, stderr } = await program.ended();
      assertStringIncludes(stdout, "Server stopped");
      assertEquals(errorLines(stderr), []);
    });
  });
}

Deno.test("archway under deno task completes requests on Ctrl-C", async () => {
  await withFolder(async (environment) => {
    await using program = new TerminalProgram([], environment, { byTask: true });
    const [, url = ""] = await program.untilMatch(/listening on (http:\S+)/);
    using client = await beginRequest(url);
    await program.type("\x03");
    await program.untilMatch(/Server is draining/);
    await client.send('"Ada"}');
    assertMatch(await client.readAll(), /^HTTP\/1\.1 201 /);
    await program.untilMatch(/Server stopped/);
    assertEquals(await program.ended(), 0);
  });
});

Deno.test("deno task start stops cleanly when its process group gets SIGINT", async () => {
  await withFolder(async (environment) => {
    await using program = new MainProgram(environment, [], { byTask: true });
    await untilReady(await program.url);
    program.signal("SIGINT");
    const { code, stdout } = await program.ended();
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Server stopped");
  });
});

Deno.test("archway under deno task stops a command of a service after a complete batch", async () => {
  await withFolder(async (environment) => {
    await using program = new TerminalProgram(["fill", "999999"], environment, { byTask: true });
    await program.untilMatch(/[1-9][\d,]* of 999,999 contacts/);
    await program.type("\x03");
    await program.untilMatch(/Added \d+ contacts/);
    assertEquals(await program.ended(), 130);
  });
});

Deno.test("archway ends at once on a later second signal", async () => {
  await withFolder(async (environment) => {
    await using program = new Program(environment);
    using _client = await beginRequest(await program.url);
    program.signal("SIGTERM");
    await program.untilWritten("Server is draining");
    const timer = setInterval(() => {
      try {
        program.signal("SIGINT");
      } catch {
        // It has ended.
      }
    }, 100);
    const ending = await program.ended().finally(() => clearInterval(timer));
    assertEquals(ending.code, 130);
  });
});
