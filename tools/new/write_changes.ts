import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { FileTransaction } from "./file_transaction.ts";
import { exists } from "../support/exists.ts";
import { filesBelow } from "./find_clashes.ts";
import { CHANGED, runProjectTasks, withInterrupts } from "./project_tasks.ts";
import { NewError } from "./usage_error.ts";

/** Changes of a project, before formatting. */
export interface ProjectChanges {
  /** New texts of files that exist, by path. */
  readonly changed: ReadonlyMap<string, string>;
  /** Texts of new files by path. */
  readonly created: ReadonlyMap<string, string>;
  /** Files and folders that exist, and that the tasks write. */
  readonly generated: readonly string[];
  /** Notes for the user, after the list of files. @default none */
  readonly notes?: string;
  /** Files or folders with the tests of what was written. */
  readonly tests: string;
}

/**
 * Writes changes and runs the tasks that follow from them, or only lists the files.
 *
 * @throws {NewError} if a new file exists, or a task fails; then nothing was written.
 */
export async function writeChanges(
  root: string,
  { changed, created, generated, notes = "", tests, isDryRun }: ProjectChanges & {
    readonly isDryRun: boolean;
  },
): Promise<void> {
  for (const path of created.keys()) {
    if (await exists(join(root, path))) throw new NewError(`${path} exists already; nothing was written`);
  }
  if (!isDryRun) {
    await withInterrupts(async () => {
      await using transaction = new FileTransaction(root);
      for (const path of CHANGED) await transaction.willChange(path);
      for (const path of generated) await noteAll(transaction, { root, path });
      // What is imported before what imports it, for a `deno task dev` that restarts in between.
      for (const [path, text] of created) await transaction.create(path, text);
      for (const [path, text] of changed) await transaction.change(path, text);
      await runProjectTasks(root, [...changed.keys(), ...created.keys()]);
      transaction.commit();
    });
  }
  const next = isDryRun ? "" : `\nNext: deno task check && deno task test ${tests}\n`;
  const list = (paths: Iterable<string>): string => [...paths].map((path) => `  ${path}\n`).join("");
  await print(
    Deno.stdout,
    `${isDryRun ? "Would change" : "Changed"}:\n${list([...changed.keys(), ...generated])}${
      isDryRun ? "Would write" : "Wrote"
    }:\n${list(created.keys())}${notes && `\n${notes}`}${next}`,
  );
}

/** Notes a file, or the files of a folder, before a task changes them. */
async function noteAll(
  transaction: FileTransaction,
  { root, path }: { readonly root: string; readonly path: string },
): Promise<void> {
  if (!await exists(join(root, path))) return transaction.willCreate(path);
  if (/\.\w+$/.test(path)) return void await transaction.willChange(path);
  for await (const file of filesBelow(root, path)) await transaction.willChange(file);
}
