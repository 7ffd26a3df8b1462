import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Files of this checkout that are not part of the program. */
const LEFT_OUT = new Set([".git", ".archway", ".env", "dist"]);

/** Checkout that shares folders with this one, except for its own copies. */
export interface CheckoutCopy extends AsyncDisposable {
  readonly path: string;
}

/** Creates a checkout in which a program can write to `own` without changing this one. */
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
