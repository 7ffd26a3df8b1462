import { join, normalize } from "node:path";
import { EmbeddedError } from "./embedded_error.ts";

/**
 * Name of a file with three lines: the socket's directory, the data directory that it belongs to, which may have been
 * copied, and whether other processes may use it.
 */
const POINTER = "socket";

const SHARED = "shared";

/** Name of the socket's directory inside the data directory. */
const OWN_NAME = "run";

/** Start of its name elsewhere. */
const PREFIX = "archway_socket_";

/** Path of one elsewhere. */
const TEMPORARY = new RegExp(`^/.*/${PREFIX}[0-9a-f]+$`);

/** Files of a socket's directory. */
const FILES = [socketName(5432), "probe"];

/** Leaves room for the socket's file name. A path may have 103 bytes on macOS, 107 on Linux. */
const MAX_LENGTH = 85;

/**
 * Creates a directory for the socket of a database. Only this user has access (mode 0700). It is in the data directory,
 * where the next start finds what a killed process leaves behind, or in one for temporary files if the path is too long
 * or the file system has no sockets.
 *
 * @param dataDirectory Directory that this process has locked.
 */
export async function makeSocketDirectory(
  dataDirectory: string,
  { isShared }: { readonly isShared: boolean },
): Promise<string> {
  await removeEarlier(dataDirectory);
  for (
    const create of [
      () => makeOwn(dataDirectory),
      () => Deno.makeTempDir({ prefix: PREFIX }),
      () => Deno.makeTempDir({ prefix: PREFIX, dir: "/tmp" }),
    ]
  ) {
    let directory: string;
    try {
      directory = await create();
    } catch {
      // The next may be writable.
      continue;
    }
    if (directory.length <= MAX_LENGTH && takesSocket(directory)) {
      await writePointer(dataDirectory, { directory, isShared });
      return directory;
    }
    await Deno.remove(directory, { recursive: true });
  }
  throw new EmbeddedError(
    "The embedded database found no directory for its socket: set TMPDIR to a writable directory with a path of at most 60 bytes",
  );
}

/** Returns the directory of the socket of a running database that others may use; undefined if there is none. */
export async function findSocketDirectory(dataDirectory: string): Promise<string | undefined> {
  const pointer = await readPointer(dataDirectory);
  return pointer?.isShared === true && await isTrusted(pointer.directory, dataDirectory)
    ? pointer.directory
    : undefined;
}

/** Whether the process that opened the database last shares it, even if its socket is gone. */
export async function isShared(dataDirectory: string): Promise<boolean> {
  return (await readPointer(dataDirectory))?.isShared === true;
}

/** Returns the name of the file of a socket, which clients derive from the port. */
export function socketName(port: number): string {
  return `.s.PGSQL.${port}`;
}

/** Returns what the pointer says; undefined for none, and for that of another data directory. */
async function readPointer(
  dataDirectory: string,
): Promise<{ readonly directory: string; readonly isShared: boolean } | undefined> {
  try {
    const text = await Deno.readTextFile(join(dataDirectory, POINTER));
    const [directory = "", owner, use] = text.split("\n");
    if (owner !== await Deno.realPath(dataDirectory)) return undefined;
    return { directory, isShared: use === SHARED };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes a new file in place of an earlier one, which may be a link to a file elsewhere, and which others read whole. */
async function writePointer(
  dataDirectory: string,
  { directory, isShared }: { readonly directory: string; readonly isShared: boolean },
): Promise<void> {
  const lines = [directory, await Deno.realPath(dataDirectory), isShared ? SHARED : "private"];
  const [path, next] = [join(dataDirectory, POINTER), join(dataDirectory, `${POINTER}.new`)];
  await Deno.remove(next).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.writeTextFile(next, lines.join("\n"), { mode: 0o600, createNew: true });
  await Deno.rename(next, path);
}

/** Whether a directory belongs to the owner of the data or to root, who alone has access. */
async function isTrusted(directory: string, dataDirectory: string): Promise<boolean> {
  try {
    const [found, { uid }] = await Promise.all([Deno.lstat(directory), Deno.stat(dataDirectory)]);
    return found.isDirectory && (found.uid === uid || found.uid === 0) && ((found.mode ?? 0) & 0o077) === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes what a process that was killed has left. */
async function removeEarlier(dataDirectory: string): Promise<void> {
  const { directory = "" } = await readPointer(dataDirectory).catch(() => undefined) ?? {};
  const isTemporary = TEMPORARY.test(directory) && normalize(directory) === directory;
  for (const each of [join(dataDirectory, OWN_NAME), ...(isTemporary ? [directory] : [])]) {
    try {
      if (await isTrusted(each, dataDirectory)) await removeUnused(each);
    } catch {
      // It stays, and another one is made.
    }
  }
}

/** Removes a directory that has nothing but a socket without a server. */
async function removeUnused(directory: string): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  if (names.some((name) => !FILES.includes(name)) || await isServed(join(directory, socketName(5432)))) {
    return;
  }
  for (const name of names) await Deno.remove(join(directory, name));
  await Deno.remove(directory);
}

/** Whether a server accepts connections at a socket. */
export async function isServed(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch {
    return false;
  }
}

async function makeOwn(dataDirectory: string): Promise<string> {
  const directory = join(await Deno.realPath(dataDirectory), OWN_NAME);
  await Deno.mkdir(directory, { mode: 0o700 });
  return directory;
}

/** Whether the file system has sockets; network drives and folders shared with a virtual machine may have none. */
function takesSocket(directory: string): boolean {
  try {
    Deno.listen({ transport: "unix", path: join(directory, "probe") }).close();
    return true;
  } catch {
    return false;
  }
}
