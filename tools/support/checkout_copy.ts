import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** What belongs to this checkout and not to the program. */
const LEFT_OUT = new Set([".git", ".archway", ".env", "dist"]);

/** A checkout whose folders are this one's, but for some that are its own. */
export interface CheckoutCopy extends AsyncDisposable {
  readonly path: string;
}

/** Makes one, in which a program can write to `own` and change nothing here. */
export async function checkoutCopy(own: readonly string[]): Promise<CheckoutCopy> {
  const path = await Deno.makeTempDir({ prefix: "archway_checkout_" });
  for await (const { name, isFile } of Deno.readDir(ROOT)) {
    if (LEFT_OUT.has(name)) continue;
    if (isFile) await Deno.copyFile(join(ROOT, name), join(path, name));
    else if (own.includes(name)) await copyFolder(join(ROOT, name), join(path, name));
    else await Deno.symlink(join(ROOT, name), join(path, name));
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const copy = isDirectory ? copyFolder : Deno.copyFile;
    await copy(join(from, name), join(to, name));
  }
}
