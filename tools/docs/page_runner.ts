import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { migrationSources, PROJECT_ROOT } from "@archway/program/project.ts";
import { services } from "../../services.ts";
import { type TestDatabase, useTestDatabase } from "../support/postgres/use_test_database.ts";
import { postgresEnvironment } from "../support/postgres_environment.ts";
import { inheritedVariables, MainProgram, untilReady } from "../support/program.ts";
import { TreeCopy } from "../support/tree_copy.ts";
import { type Fence, fencesOf } from "./fences.ts";
import { ShellSession } from "./shell_session.ts";
import { type Bindings, boundCommand, exchangesOf, matchesOutput } from "./transcript.ts";

/** Addresses that pages show: of the API, and of the admin port. */
const SHOWN = { url: "http://127.0.0.1:8080", admin: "http://127.0.0.1:9464" };

/** Last lines of an output that a failure has. */
const MAX_SHOWN_LINES = 60;

/** Attributes with which a block begins that is run. */
type RunAttribute = "run" | "restart";

/**
 * Returns the blocks of a page that are run: those marked `run`, or `restart` if the program is started before with what
 * the page has changed. Names of services after it say without which the block is left out.
 */
export function runFences(markdown: string): readonly Fence[] {
  const [, module] = /^<!-- module: (\w+) -->$/m.exec(markdown) ?? [];
  const isRun = (attribute: string | undefined): attribute is RunAttribute =>
    attribute === "run" || attribute === "restart";
  return fencesOf(markdown).filter(({ attributes: [first, ...rest] }) => {
    const required = [module, ...rest.filter((name) => !name.includes("/"))];
    return isRun(first) &&
      required.every((name) => name === undefined || services.some((service) => service.name === name));
  });
}

/** Returns the settings of the program that a page states: `<!-- settings: MCP_MODE=read -->`. */
export function settingsOf(markdown: string): Readonly<Record<string, string>> {
  const [, list = ""] = /^<!-- settings: ([A-Z_]+=.+) -->$/m.exec(markdown) ?? [];
  return Object.fromEntries(
    list.split(" ").filter(Boolean).map((setting) => {
      const [name = "", ...value] = setting.split("=");
      return [name, value.join("=")];
    }),
  );
}

/** A program on a database of its own, with the settings of a page. */
interface Serving {
  readonly key: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly database: TestDatabase;
  program: MainProgram;
}

/**
 * Runs the commands of pages in a copy of the checkout, beside the program on a PostgreSQL database.
 *
 * Successive pages with the same settings share the program; each finds the files of the copy as they are in the checkout.
 */
export class PageRunner implements AsyncDisposable {
  #copy: TreeCopy | undefined;
  #serving: Serving | undefined;

  /**
   * Runs a page: in blocks of `console` the output must be the one that the page shows, a `diff` is applied, a block with
   * a path is written to that file, and in others each command must succeed.
   *
   * @param path Path of the page from the root.
   * @returns What does not agree, with its line.
   */
  async run(path: string): Promise<readonly string[]> {
    const markdown = await Deno.readTextFile(join(PROJECT_ROOT, path));
    const copy = this.#copy ??= await committedCopy();
    const serving = await this.#serve(settingsOf(markdown));
    const addresses = await addressesOf(serving.program);
    await using shell = await openShell(copy, serving.variables);
    const bindings: Bindings = new Map();
    const failures: string[] = [];
    for (const fence of runFences(markdown)) {
      const file = fence.attributes.find((attribute) => attribute.includes("/"));
      if (fence.attributes[0] === "restart") {
        await restart(serving, copy);
        for (const [shown, actual] of await addressesOf(serving.program)) addresses.set(shown, actual);
      }
      const text = replaced(fence.text, addresses);
      if (fence.language === "diff") await applyFileChange(copy, text);
      else if (file !== undefined) {
        await Deno.writeTextFile(join(copy.path, boundCommand(file, bindings)), text);
      } else {
        const exchanges = fence.language === "console"
          ? exchangesOf(text)
          : [{ command: text, output: undefined }];
        for (const { command, output: shown } of exchanges) {
          const { output, code } = await shell.run(boundCommand(command, bindings));
          if (shown === undefined ? code === 0 : matchesOutput(output, shown, bindings)) continue;
          const end = output.trimEnd().split("\n").slice(-MAX_SHOWN_LINES).join("\n");
          failures.push(
            `${path}:${fence.line}: $ ${command}\n${end}\nexit code ${code}, but the page shows:\n${
              shown ?? ""
            }`,
          );
        }
      }
    }
    await shell.run("git checkout -q . && git clean -fdq");
    return failures;
  }

  /** Returns the program with these settings, the one of the page before if it has the same. */
  async #serve(settings: Readonly<Record<string, string>>): Promise<Serving> {
    const key = JSON.stringify(settings);
    if (this.#serving?.key === key) return this.#serving;
    await this.#stop();
    const database = await useTestDatabase({ migrations: migrationSources(services) });
    const variables = { ...postgresEnvironment(database.instance), ADMIN_PORT: "0", ...settings };
    this.#serving = { key, variables, database, program: new MainProgram(variables) };
    await untilReady(await this.#serving.program.url);
    return this.#serving;
  }

  async #stop(): Promise<void> {
    await this.#serving?.program[Symbol.asyncDispose]();
    await this.#serving?.database[Symbol.asyncDispose]();
    this.#serving = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#copy?.[Symbol.asyncDispose]();
  }
}

/** Returns a copy of the checkout in a Git repository. */
async function committedCopy(): Promise<TreeCopy> {
  const copy = await TreeCopy.make();
  await Deno.writeTextFile(join(copy.path, ".curlrc"), "silent\nshow-error\n");
  await copy.commit();
  return copy;
}

/** Starts the program of the copy in place of the one that runs. */
async function restart(serving: Serving, copy: TreeCopy): Promise<void> {
  await serving.program.stop();
  const variables = { ...serving.variables, MIGRATE_ON_START: "true" };
  serving.program = new MainProgram(variables, [], { root: copy.path });
  await untilReady(await serving.program.url);
}

/** Addresses of a program by those that pages show. */
async function addressesOf(program: MainProgram): Promise<Map<string, string>> {
  const admin = new URL(await program.metricsUrl).origin;
  return new Map([[SHOWN.url, await program.url], [SHOWN.admin, admin]]);
}

function replaced(text: string, values: ReadonlyMap<string, string>): string {
  return [...values].reduce((result, [shown, actual]) => result.replaceAll(shown, actual), text);
}

/** Opens a shell in the copy, in which `archway` is the program. */
async function openShell(
  copy: TreeCopy,
  variables: Readonly<Record<string, string>>,
): Promise<ShellSession> {
  const env = { ...inheritedVariables(), ...variables, CURL_HOME: copy.path, NO_COLOR: "1" };
  const shell = new ShellSession({ cwd: copy.path, env });
  await shell.run(`archway() { deno run -q -P main.ts "$@"; }`);
  return shell;
}

/** Applies a block of a page that shows a change: a line with the path, then unchanged, removed and added lines. */
async function applyFileChange(copy: TreeCopy, block: string): Promise<void> {
  const [, path = "", rest = ""] = /^--- (\S+)\n([^]*)$/.exec(block) ?? [];
  for (const hunk of rest.split(/^@@\n/m)) {
    const lines = hunk.split("\n").slice(0, -1);
    const side = (other: string): string =>
      lines.filter((line) => !line.startsWith(other)).map((line) => `${line.slice(1)}\n`).join("");
    const [before, after] = [side("+"), side("-")];
    await copy.edit(path, (text) => {
      // At the beginning of a line, so that a place is found by whole lines.
      const parts = `\n${text}`.split(`\n${before}`);
      assertEquals(parts.length, 2, `${path} has this once:\n${before}`);
      return parts.join(`\n${after}`).slice(1);
    });
  }
}
