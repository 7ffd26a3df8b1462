import { basename, join } from "node:path";
import { type Owner, runAs } from "./run_as.ts";

/** Free memory that a folder of files needs, in KiB. Containers often have no more than 64 MiB there. */
const NEEDED_KIB = 1_048_576;

/** Makes the folder $1. The programs are part of every Linux; the runtime itself permits no access to `/dev`. */
const MAKE = `
  free=$(df -Pk "$(dirname "$1")" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge ${NEEDED_KIB} ] && mkdir -m 700 "$1"
`;

/** Returns the folder in memory that belongs to the directory of a server. Removing that removes it, too. */
export function memoryFolderOf(directory: string): string {
  return join("/dev/shm", basename(directory));
}

/** Makes the folder in memory of a server's directory. Returns undefined if there is no memory for files. */
export async function makeMemoryFolder(
  directory: string,
  owner: Owner | undefined,
): Promise<string | undefined> {
  const folder = memoryFolderOf(directory);
  return await runAs(owner, "sh", ["-c", MAKE, "make", folder]).then(() => folder, () => undefined);
}
