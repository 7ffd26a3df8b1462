import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { platformFiles } from "./platform/platform_files.ts";
import { LockError, readLock, writeLock } from "./platform/platform_lock.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");
const USAGE = "Usage: deno task eject <file of the platform>…\n";

/** Marks files of the platform as owned by the project. */
export async function eject(root: string, paths: readonly string[]): Promise<void> {
  const lock = await readLock(root);
  if (lock === undefined) {
    throw new LockError("There is no platform.lock: every file of this tree is its own already");
  }
  const known = new Set([...Object.keys(lock.files), ...await platformFiles(root)]);
  const wanted = paths.map((path) => path.replace(/^\.\//, ""));
  const unknown = wanted.filter((path) => !known.has(path));
  if (unknown.length > 0) throw new LockError(`Not a file of the platform: ${unknown.join(", ")}`);
  await writeLock(root, { ...lock, ejected: [...new Set([...lock.ejected, ...wanted])].sort() });
}

if (import.meta.main) {
  try {
    if (Deno.args.length === 0 || Deno.args.some((argument) => argument.startsWith("-"))) {
      await print(Deno.stderr, USAGE);
      Deno.exitCode = 2;
    } else {
      await eject(ROOT, Deno.args);
      await print(
        Deno.stdout,
        `Yours now: ${Deno.args.join(", ")}. Upgrades report these files instead of replacing them.\n`,
      );
    }
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    await print(Deno.stderr, `${error.message}\n`);
    Deno.exitCode = 1;
  }
}
