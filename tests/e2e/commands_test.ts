import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PLATFORM_COMMANDS } from "@archway/program/platform_commands.ts";
import { serviceCommands } from "@archway/program/project.ts";
import { MainProgram, type ProgramResult } from "@archway/tools/support/program.ts";
import { project } from "../../config.ts";
import { services } from "../../services.ts";

async function run(...args: string[]): Promise<ProgramResult> {
  await using program = new MainProgram({}, args);
  return await program.ended();
}

// From source, usage() and the commands themselves are tested without processes.
const executable = Deno.env.get("TEST_EXECUTABLE") !== undefined;

Deno.test({
  name: "the executable has every command, its help and its modules",
  ignore: !executable,
  fn: async () => {
    const usage = (await run("--help")).stdout;
    const names = [...Object.keys(PLATFORM_COMMANDS), ...serviceCommands(services).map(({ name }) => name)];
    for (const name of names) {
      assertMatch(usage, new RegExp(`^ {2}${name} `, "m"));
      // The wrong option loads the modules of the command.
      const [help, wrong] = await Promise.all([run(name, "--help"), run(name, "--nonexistent")]);
      assertEquals([help.code, help.stderr], [0, ""], name);
      assertStringIncludes(help.stdout, `Usage: ${project.name} ${name}`);
      assertEquals([wrong.code, wrong.stdout], [2, ""], wrong.stderr);
      assertStringIncludes(wrong.stderr, `Usage: ${project.name} ${name}`);
    }
  },
});

Deno.test({
  name: "the executable runs the commands that need no database",
  ignore: !executable,
  fn: async () => {
    const lint = await run("migrate", "lint", "--all");
    assertEquals([lint.code, lint.stderr], [0, ""]);
    assertMatch(lint.stdout, /^Nothing to report on \d+ migrations\n$/);
    const documents = await run("openapi");
    assertEquals([documents.code, documents.stderr], [0, ""]);
    for (const document of documents.stdout.trim().split("\n")) {
      assertMatch(JSON.parse((await run("openapi", document)).stdout).openapi, /^3\./);
    }
    const settings = await run("config", "--json");
    assertStringIncludes(settings.stdout, '"name": "POSTGRES_PRIMARY_HOST"');
    const { code, stdout } = await run("version", "--json");
    const { name, version, deno } = JSON.parse(stdout);
    assertEquals([code, name, version], [0, project.name, project.version ?? null]);
    assertMatch(deno, /^2\./);
  },
});

Deno.test({
  name: "an executable without the embedded database reports that it needs a server, and creates nothing",
  ignore: Deno.env.get("TEST_FLAVOUR") !== "server",
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "archway_e2e_" });
    try {
      for (
        const line of ["serve", "dev", "migrate up", "keys list", "db dump", "db status", "token", "config"]
      ) {
        const environment = { EMBEDDED_DATA_DIR: `${folder}/data` };
        await using program = new MainProgram(environment, line.split(" "));
        program.url.catch(() => {});
        const { code, stderr } = await program.ended();
        assertEquals(code, 1, stderr);
        const reason =
          "POSTGRES_PRIMARY_HOST or DATABASE_URL is required: this executable contains no embedded database";
        assertStringIncludes(stderr, reason, line);
      }
      assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
      assertStringIncludes((await run("version")).stdout, "executable without the embedded database");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
