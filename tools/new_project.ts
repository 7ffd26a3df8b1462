import { parseArgs } from "node:util";
import { join, resolve } from "node:path";
import { print } from "@archway/program/print.ts";
import { services } from "../services.ts";
import { LockError } from "./platform/platform_lock.ts";
import { writeProject } from "./platform/write_project.ts";
import { NameError } from "./rename/check_name.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const USAGE = `Usage: deno task new:project <folder> --name <name> [--without <service>[,<service>]]…
       deno task new:project <folder> --name <name> --from <OpenAPI document> [--prefix <path>]

With --from the service of the project is that of the document, in place of the examples.
`;

/** `deno task new:project <folder>`: writes a project of its own, made from this template. */
async function main(args: readonly string[]): Promise<number> {
  const { values: { name, without = [], from, prefix, help }, positionals: [folder, ...rest] } = parse(args);
  if (help === true || folder === undefined || name === undefined || rest.length > 0) {
    await print(help === true ? Deno.stdout : Deno.stderr, `${USAGE}${listed()}`);
    return help === true ? 0 : 2;
  }
  const target = resolve(folder);
  const wanted = without.flatMap((words) => words.split(",")).map(serviceOf);
  const examples = services.map((service) => service.name).filter((other) => other.endsWith("_service"));
  const chosen = from === undefined ? wanted : [...wanted, ...examples];
  const removed = withDependents(chosen);
  const document = from === undefined ? undefined : { from: resolve(from), prefix };
  const written = await writeProject(ROOT, { target, name, without: removed, document });
  const left = removed.length === 0 ? "" : `, without ${removed.join(" and ")}`;
  const owned = [...written.owned.values()];
  await print(
    Deno.stdout,
    `${name} is in ${target}: ${written.files} files${left}.
${reasons(chosen, removed)}yours: ${
      owned.reduce((sum, lines) => sum + lines, 0)
    } lines in ${owned.length} files
The rest is the platform, version ${written.version} (platform.lock), follows the template, or is generated.
${written.report === undefined ? "" : `\n${written.report}\n`}
Next:
  cd ${folder} && git init && git add -A && git commit -m "Begin ${name}"
${nextSteps(removed, document !== undefined)}`,
  );
  return 0;
}

/** Returns a line for each service that leaves because of another one. */
function reasons(wanted: readonly string[], removed: readonly string[]): string {
  return services.filter(({ name }) => removed.includes(name) && !wanted.includes(name)).map((
    { name, requires = [] },
  ) =>
    `${name} is left out because it requires ${
      requires.filter((other) => removed.includes(other)).join(", ")
    }.\n`
  ).join("");
}

function nextSteps(removed: readonly string[], hasDocument: boolean): string {
  const isServing = hasDocument ||
    services.some(({ name }) => name.endsWith("_service") && !removed.includes(name));
  const first = isServing
    ? ""
    : "  deno task new service <name> --field <name>:<type>   # no service is left; --help\n";
  return `${first}  deno task dev
  deno task check && deno task test
`;
}

function parse(args: readonly string[]): {
  readonly values: {
    readonly name?: string;
    readonly without?: string[];
    readonly from?: string;
    readonly prefix?: string;
    readonly help?: boolean;
  };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: "string" },
        without: { type: "string", multiple: true },
        from: { type: "string" },
        prefix: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new LockError(`${error.message}\n${USAGE.trimEnd()}`);
    throw error;
  }
}

/** Names for --without: payments, or payment_service in full, and the capabilities that services share. */
function names(): readonly string[] {
  return services.map(({ name }) => name.replace(/_service$/, ""));
}

/** Returns the lines of the help that list the names. */
function listed(): string {
  const isOwn = (name: string): boolean => services.some((service) => service.name === `${name}_service`);
  return `Services: ${names().filter(isOwn).join(", ")}
Capabilities, which --without takes too: ${names().filter((name) => !isOwn(name)).join(", ")}
`;
}

function serviceOf(word: string): string {
  const found = services.find(({ name }) => [name, name.replace(/_service$/, "")].includes(word)) ??
    services.find(({ name }) => name.replace(/_service$/, "s") === word);
  if (found === undefined) throw new LockError(`No service ${word}; expected one of: ${names().join(", ")}`);
  return found.name;
}

/** Returns services and all that require them. */
function withDependents(wanted: readonly string[]): readonly string[] {
  const removed = new Set(wanted);
  for (const known of removed) {
    for (const { name, requires = [] } of services) if (requires.includes(known)) removed.add(name);
  }
  return services.map(({ name }) => name).filter((name) => removed.has(name));
}

if (import.meta.main) await runTask(main, { expected: [LockError, NameError] });
