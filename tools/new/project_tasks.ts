import { NewError } from "./usage_error.ts";

/** Files that the tasks change. */
export const CHANGED = ["deno.json", ".env.example", "docs/configuration.md", "docs/reference.md"] as const;

/** Tasks that follow the registration of a service, by the files whose change they follow. */
const FOLLOWS: Readonly<Record<string, RegExp>> = { schema: /\.sql$/, settings: /(?:^|\/)module\.ts$/ };

/** List of the services of a project. */
const LIST = "services.ts";

/**
 * Formats files of a project, and runs the tasks that follow a change of its documents and migrations.
 *
 * `register` writes the list of services. It is called when all code of a new service exists: `deno task dev` restarts on a change
 * of the list, and does not recover by itself from a module that is missing.
 *
 * @throws {NewError} with the output of what fails.
 */
export async function runProjectTasks(
  root: string,
  files: readonly string[],
  { register }: { readonly register?: (path: string) => Promise<void> } = {},
): Promise<void> {
  await run(root, "fmt", "--quiet", ...files);
  if (files.some((path) => path.startsWith("oapi/"))) await run(root, "task", "--quiet", "gen");
  if (register !== undefined) {
    await register(LIST);
    await run(root, "fmt", "--quiet", LIST);
  }
  for (const [task, changed] of Object.entries(FOLLOWS)) {
    if (files.some((path) => changed.test(path))) await run(root, "task", "--quiet", task);
  }
}

async function run(root: string, ...args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("deno", { args: [...args], cwd: root }).output();
  if (success) return;
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new NewError(`deno ${args.slice(0, 3).join(" ")} failed; nothing was written:\n${output}`);
}

/** Runs a function while Ctrl-C only ends the tasks that it runs, so that it can undo what it wrote. */
export async function withInterrupts<Result>(run: () => Promise<Result>): Promise<Result> {
  const ignore = (): void => undefined;
  Deno.addSignalListener("SIGINT", ignore);
  try {
    return await run();
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

/** Returns a version of now that no migration has. */
export function newVersion(taken: ReadonlySet<string>): string {
  const time = new Date();
  const version = (): string => time.toISOString().replace(/\D/g, "").slice(0, 14);
  while (taken.has(version())) time.setSeconds(time.getSeconds() + 1);
  return version();
}
