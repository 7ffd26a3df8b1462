import { join } from "node:path";
import { EmbeddedError } from "./embedded_error.ts";

/** Name of the file with the path of the socket's directory, and {@link PRIVATE} if no other process may use it. */
const POINTER = "socket";

const PRIVATE = "\nprivate";

/** Name of the socket's directory inside the data directory. */
const OWN_NAME = "run";

/** Start of its name elsewhere. */
const PREFIX = "archway_socket_";

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
      await Deno.writeTextFile(join(dataDirectory, POINTER), isShared ? directory : directory + PRIVATE);
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
  const pointer = join(dataDirectory, POINTER);
  try {
    const directory = await Deno.readTextFile(pointer);
    const [found, { uid }] = await Promise.all([Deno.lstat(directory), Deno.stat(pointer)]);
    // In a folder of all users, another one could take the name of a directory that was removed.
    const isPrivate = found.isDirectory && found.uid === uid && ((found.mode ?? 0) & 0o077) === 0;
    return isPrivate ? directory : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes what a process that was killed has left. */
async function removeEarlier(dataDirectory: string): Promise<void> {
  const text = await Deno.readTextFile(join(dataDirectory, POINTER)).catch(() => "");
  const [earlier = ""] = text.split("\n");
  for (const directory of [join(dataDirectory, OWN_NAME), ...(earlier.includes(PREFIX) ? [earlier] : [])]) {
    await Deno.remove(directory, { recursive: true }).catch(() => undefined);
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
