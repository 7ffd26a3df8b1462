import { join } from "node:path";
import { migrationSources, PROJECT_ROOT } from "@archway/program/project.ts";
import { services } from "../../services.ts";
import { useTestDatabase } from "../support/postgres/use_test_database.ts";
import { postgresEnvironment } from "../support/postgres_environment.ts";
import { MainProgram, untilReady } from "../support/program.ts";
import { TreeCopy } from "../support/tree_copy.ts";
import { type Fence, fencesOf } from "./fences.ts";
import { ShellSession } from "./shell_session.ts";
import { type Bindings, boundCommand, exchangesOf, matchesOutput } from "./transcript.ts";

/** Blocks of a page whose commands are run: those with the attribute `run`. */
export function runFences(markdown: string): readonly Fence[] {
  return fencesOf(markdown).filter(({ attributes }) => attributes.includes("run"));
}

/**
 * Runs the commands of a page in a copy of the checkout, beside the program on a PostgreSQL database of its own.
 *
 * In blocks of `console` the output must be the one that the page shows; in others each command must succeed.
 *
 * @param path Path of the page from the root.
 * @returns What does not agree, with its line.
 */
export async function runPage(path: string): Promise<readonly string[]> {
  const markdown = await Deno.readTextFile(join(PROJECT_ROOT, path));
  await using copy = await TreeCopy.make();
  await using database = await useTestDatabase({ migrations: migrationSources(services) });
  const environment = postgresEnvironment(database.instance);
  await using program = new MainProgram(environment);
  const url = await program.url;
  await untilReady(url);
  await Deno.writeTextFile(join(copy.path, ".curlrc"), "silent\nshow-error\n");
  const env = {
    ...environment,
    ...{ CURL_HOME: copy.path, NO_COLOR: "1", URL: url },
    ...Object.fromEntries(["PATH", "HOME", "DENO_DIR", "TMPDIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    })),
  };
  await using shell = new ShellSession({ cwd: copy.path, env });
  await shell.run(`archway() { deno run -q -P main.ts "$@"; }`);
  const bindings: Bindings = new Map();
  const failures: string[] = [];
  for (const fence of runFences(markdown)) {
    const place = `${path}:${fence.line}`;
    const exchanges = fence.language === "console"
      ? exchangesOf(fence.text)
      : [{ command: fence.text, output: undefined }];
    for (const { command, output: shown } of exchanges) {
      const { output, code } = await shell.run(boundCommand(command, bindings, url));
      if (shown === undefined ? code !== 0 : !matchesOutput(output, shown, bindings, url)) {
        failures.push(
          `${place}: $ ${command}\n${output.trimEnd()}\nexit code ${code}, but the page shows:\n${
            shown ?? ""
          }`,
        );
      }
    }
  }
  return failures;
}
