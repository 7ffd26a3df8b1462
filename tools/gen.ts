/// <reference lib="deno.worker" />

import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeArtifacts } from "./oapi_codegen/artifacts.ts";
import { DOCUMENT_FOLDERS } from "./oapi_codegen/document_folders.ts";
import { documentChanges } from "./oapi_codegen/document_changes.ts";
import { GenerationError } from "./oapi_codegen/diagnostics/diagnostics.ts";
import { formatDiagnostics } from "./oapi_codegen/diagnostics/format_diagnostics.ts";
import type { Generated } from "./oapi_codegen/generate.ts";
import { generateAll } from "./oapi_codegen/generate_all.ts";
import { writeGenerated } from "./oapi_codegen/write_generated.ts";

const USAGE = "usage: deno task gen [--all] [--watch]";
const ROOT = resolve(import.meta.dirname ?? ".", "..");
/** Name of the thread of {@link artifactsAgain}, by which this module knows that it is in it. */
const THREAD = "archway artifacts";
const FOLDERS = DOCUMENT_FOLDERS.map((folder) => resolve(ROOT, folder));

/** Options of the task. */
interface GenOptions {
  /** Whether to report every place of an error or a warning. */
  readonly all: boolean;
  /** Whether to report only folders with changes. */
  readonly onlyChanges: boolean;
}

/**
 * `deno task gen`: writes the code of every cfg.server.<name>.yaml, all or none, and reports it.
 *
 * @returns false if a document is invalid
 */
async function gen({ all, onlyChanges }: GenOptions): Promise<boolean> {
  let outputs: readonly Generated[];
  try {
    outputs = await generateAll(FOLDERS, { mayWrite });
  } catch (error) {
    if (!(error instanceof GenerationError)) throw error;
    const lines = formatDiagnostics(error.diagnostics, { severity: "error", all });
    await report([...lines.slice(0, -1), `${lines.at(-1)}; no file was written`]);
    return false;
  }
  const warnings = outputs.flatMap((output) => output.warnings);
  await report(formatDiagnostics(warnings, { severity: "warning", all }));
  for (const output of outputs) {
    const changed = await writeGenerated(output);
    if (changed > 0 || !onlyChanges) await report([summary(output, changed)]);
  }
  return true;
}

/** Writes the files that follow from the services, whose code may not suit the documents yet. */
async function artifacts(): Promise<boolean> {
  try {
    const written = await writeArtifacts(ROOT);
    await report(written.map((path) => `${path}: changed`));
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : Deno.inspect(error);
    await report([`error: what follows from services.ts was not written: ${reason}`]);
    return false;
  }
}

/** Whether the permissions of the task include a folder. */
function mayWrite(path: string): boolean {
  return Deno.permissions.querySync({ name: "write", path }).state === "granted";
}

/**
 * Runs {@link artifacts} in a thread of its own, which imports the services as they are now: a thread imports a module once.
 */
async function artifactsAgain(): Promise<void> {
  const thread = new Worker(import.meta.url, { type: "module", name: THREAD });
  try {
    const ended = Promise.withResolvers<void>();
    thread.onmessage = () => ended.resolve();
    thread.onerror = (event) => {
      event.preventDefault();
      ended.reject(new Error(event.message));
    };
    await ended.promise;
  } finally {
    thread.terminate();
  }
}

/** Generates all files on a change. Whatever fails is reported, so that the next change is a new attempt. */
async function genAgain(options: GenOptions): Promise<void> {
  try {
    if (await gen(options)) await artifactsAgain();
  } catch (error) {
    const isSystem = error instanceof Error && "code" in error;
    await report([`error: ${isSystem ? error.message : Deno.inspect(error)}`]);
  }
}

function summary({ folder, operations }: Generated, changed: number): string {
  const counts = operations === undefined ? [] : [`${operations} operation${operations === 1 ? "" : "s"}`];
  counts.push(changed === 0 ? "no changes" : `${changed} file${changed === 1 ? "" : "s"} changed`);
  return `${relative(ROOT, folder).replaceAll("\\", "/")}: ${counts.join(", ")}`;
}

async function report(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await Deno.stderr.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

function readArguments(): { readonly all: boolean; readonly watch: boolean } | undefined {
  try {
    const flag = { type: "boolean", default: false } as const;
    return parseArgs({ args: [...Deno.args], options: { all: flag, watch: flag } }).values;
  } catch {
    return undefined;
  }
}

async function run(): Promise<void> {
  const options = readArguments();
  if (options === undefined) {
    await report([USAGE]);
    Deno.exitCode = 2;
    return;
  }
  const { all, watch } = options;
  if (!watch) {
    const generated = await gen({ all, onlyChanges: false });
    Deno.exitCode = generated && await artifacts() ? 0 : 1;
    return;
  }
  // Watched from the beginning, so that no change is missed while the first code is being generated.
  const changes = documentChanges(FOLDERS.filter((folder) => existsSync(folder)));
  await genAgain({ all, onlyChanges: true });
  for await (const _ of changes) await genAgain({ all, onlyChanges: true });
}

if ("name" in globalThis && globalThis.name === THREAD) {
  await artifacts();
  globalThis.postMessage("done");
} else if (import.meta.main) await run();
