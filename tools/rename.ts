import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { project } from "../config.ts";
import { LOCK_FILE, LockError, readLock } from "./platform/platform_lock.ts";
import { renameLocked } from "./platform/rename_locked.ts";
import { checkName, NameError } from "./rename/check_name.ts";
import { checkIdentifiers } from "./rename/name_uses.ts";
import { isRenamed, renameText } from "./rename/rename_text.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const USAGE = "Usage: deno task rename <name>\n";

/** Returns notes about parts of a running system that are outside of this repository. */
function liveSystemNotes(from: string, to: string): string {
  return `
For a new project, run \`deno task check\` and commit. If a system already runs under the name ${from}, migrate it:
  the data directory     set EMBEDDED_DATA_DIR=.${from}, or rename the directory while the program is stopped
  recorded migrations    alter table ${from}_migration_checksums rename to ${to}_migration_checksums;
  roles                  alter role ${from}_owner rename to ${to}_owner; alter role ${from}_app rename to ${to}_app;
  the NATS stream        set NATS_STREAM=${from}; subjects become ${to}.<event type>: move the consumers first
  metrics                ${from}_… become ${to}_…: change dashboards and alerts outside of this repository together
  database and user      POSTGRES_PRIMARY_DATABASE and POSTGRES_PRIMARY_USER stay as they are configured
Unchanged by design: the import prefix @archway/, applied migrations (their checksums are recorded), and the purposes
that keys are derived for (stored secrets depend on them).
`;
}

/** `deno task rename <name>`: renames the project in every file. */
async function main(args: readonly string[]): Promise<number> {
  const [to, ...rest] = args;
  if (to === undefined || rest.length > 0 || to.startsWith("-")) {
    await print(Deno.stderr, USAGE);
    return 2;
  }
  const { name: from } = project;
  const usedIn = (await readLock(ROOT))?.template.nameUsedIn;
  if (usedIn !== undefined) {
    throw new NameError(
      `"${from}" is also a word of the platform, such as in ${usedIn}, which a rename would change. Instead, set ` +
        `the name in config.ts to ${to}, commit it, run deno task upgrade with a checkout of the template, which ` +
        `gives every file of the platform the new name, and replace the name in your own files`,
    );
  }
  if ((await run("git", "status", "--porcelain")) !== "") {
    throw new NameError(
      "There are uncommitted changes; commit them first, so that `git diff` shows the rename alone",
    );
  }
  const paths = (await run("git", "ls-files", "-z")).split("\0").filter((path) =>
    path !== "" && path !== LOCK_FILE && isRenamed(path)
  );
  const texts = new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
  checkName(to, from, texts);
  checkIdentifiers({ to, from, texts });
  let changed = 0;
  await renameLocked(ROOT, { from, to }, async () => {
    for (const [path, text] of texts) {
      const renamed = renameText(text, from, to);
      if (renamed === text) continue;
      await Deno.writeTextFile(join(ROOT, path), renamed);
      changed++;
    }
    // Names of another length move line breaks and the columns of tables.
    await run("deno", "fmt", "--quiet");
    for (const task of ["gen", "settings"]) await run("deno", "task", "--quiet", task);
  });
  await print(Deno.stdout, `${from} is now ${to}, in ${changed} files.\n${liveSystemNotes(from, to)}`);
  return 0;
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(join(ROOT, path));
}

async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd: ROOT })
    .output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (!success) throw new NameError(`${command} ${args.join(" ")} failed: ${decode(stderr).trim()}`);
  return decode(stdout);
}

if (import.meta.main) await runTask(main, { expected: [LockError, NameError] });
