import { join } from "node:path";

/** Name of the lock file, in the root of a project. The template itself has none. */
export const LOCK_FILE = "platform.lock";

/** Template of a project. */
export interface LockedTemplate {
  readonly name: string;
  readonly version: string;
  /** Commit of its checkout, with `-dirty` after uncommitted changes. @default unknown */
  readonly commit?: string | undefined;
  /** A file that has the name of the project for something else, so that a rename is not safe. @default none */
  readonly nameUsedIn?: string | undefined;
}

/** Platform of a project, as its template had it. */
export interface PlatformLock {
  readonly template: LockedTemplate;
  /** Platform files that the project owns; upgrades leave them as they are. */
  readonly ejected: readonly string[];
  /** Paths of the template that the project does without, files or folders. */
  readonly omitted: readonly string[];
  /** Tasks of the template's deno.json that the project does without. */
  readonly omittedTasks: readonly string[];
  /** SHA-256 of each file that the team may edit and upgrades replace until then, by path. */
  readonly shared: Readonly<Record<string, string>>;
  /** SHA-256 of each platform file, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Files that upgrades merge, as the template had them, in lines. */
  readonly base: Readonly<Record<string, readonly string[]>>;
}

/** A lock file that cannot be read or used; the message says why. */
export class LockError extends Error {
  override readonly name = "LockError";
}

/**
 * Returns the lock of a project, undefined if it has none.
 *
 * @throws {LockError}
 */
export async function readLock(root: string): Promise<PlatformLock | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(join(root, LOCK_FILE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return parseLock(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LockError(`${LOCK_FILE}: ${reason}; restore it from git`);
  }
}

/** Writes the lock of a project, formatted as `deno fmt` does, always in the same order. */
export async function writeLock(
  root: string,
  { template: { name, version, commit, nameUsedIn }, ejected, omitted, omittedTasks, base, shared, files }:
    PlatformLock,
): Promise<void> {
  const ordered = {
    template: { name, version, commit, nameUsedIn },
    ejected: ejected.toSorted(),
    omitted: omitted.toSorted(),
    omittedTasks: omittedTasks.toSorted(),
    base: byKey(base),
    shared: byKey(shared),
    files: byKey(files),
  };
  await Deno.writeTextFile(join(root, LOCK_FILE), `${JSON.stringify(ordered, null, 2)}\n`);
}

function byKey<Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(entries).toSorted(([one], [other]) => one < other ? -1 : 1));
}

function parseLock(value: unknown): PlatformLock {
  const template = member(value, "template");
  return {
    template: {
      name: text(member(template, "name")),
      version: text(member(template, "version")),
      ...optionalText(template, "commit"),
      ...optionalText(template, "nameUsedIn"),
    },
    ejected: textsOf(member(value, "ejected")),
    omitted: textsOf(member(value, "omitted")),
    omittedTasks: textsOf(member(value, "omittedTasks")),
    shared: mapped(member(value, "shared"), text),
    files: mapped(member(value, "files"), text),
    base: mapped(member(value, "base"), textsOf),
  };
}

function member(value: unknown, name: string): unknown {
  const found = Object.entries(typeof value === "object" && value !== null ? value : {})
    .find(([key]) => key === name);
  if (found === undefined) throw new LockError(`"${name}" is missing`);
  return found[1];
}

function optionalText(value: unknown, name: string): Readonly<Record<string, string>> {
  const isPresent = typeof value === "object" && value !== null && name in value;
  return isPresent ? { [name]: text(member(value, name)) } : {};
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new LockError(`${JSON.stringify(value)} must be a string`);
  return value;
}

/** Returns an array of strings as one.
 *
 * @throws {LockError}
 */
export function textsOf(value: unknown): readonly string[] {
  if (!(value instanceof Array)) throw new LockError(`${JSON.stringify(value)} must be an array`);
  return value.map(text);
}

function mapped<Value>(value: unknown, read: (value: unknown) => Value): Readonly<Record<string, Value>> {
  if (typeof value !== "object" || value === null) throw new LockError("an object is expected");
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(entry)]));
}
