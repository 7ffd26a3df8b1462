import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "../..");

/** Files of this checkout that are not part of the program, and the lock, which shared folders do not conform to. */
const LEFT_OUT = new Set([".git", ".archway", ".env", "dist", "platform.lock"]);

/** Checkout that shares folders with this one, except for its own copies. */
export interface CheckoutCopy extends AsyncDisposable {
  readonly path: string;
}

/** Creates a checkout in which a program can write to the folders `own` without changing this one. */
export async function checkoutCopy(own: readonly string[]): Promise<CheckoutCopy> {
  const path = await Deno.makeTempDir({ prefix: "archway_checkout_" });
  await fill(path, { own, folder: "" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function fill(
  path: string,
  { own, folder }: { readonly own: readonly string[]; readonly folder: string },
): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(join(ROOT, folder))) {
    const entry = join(folder, name);
    if (LEFT_OUT.has(entry)) continue;
    if (isFile) await Deno.copyFile(join(ROOT, entry), join(path, entry));
    else if (own.includes(entry)) await copyFolder(join(ROOT, entry), join(path, entry));
    else if (own.some((each) => each.startsWith(`${entry}/`))) {
      await Deno.mkdir(join(path, entry));
      await fill(path, { own, folder: entry });
    } else await Deno.symlink(join(ROOT, entry), join(path, entry));
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const copy = isDirectory ? copyFolder : Deno.copyFile;
    await copy(join(from, name), join(to, name));
  }
}
