import { EmbeddedError } from "./embedded_error.ts";

/** Remedies by the reason of the operating system. */
const REMEDIES: readonly (readonly [reason: RegExp, remedy: string])[] = [
  [/No space left|quota/i, "its disk is full: free at least 60 MB"],
  [/Read-only file system/i, "it is on a read-only file system: set EMBEDDED_DATA_DIR to a writable volume"],
  [
    /Permission denied|not permitted/i,
    "this user may not write there: change its owner, or set EMBEDDED_DATA_DIR",
  ],
];

/**
 * Runs a function that uses the files of a data directory. Its errors name the directory and what to do.
 *
 * @throws {EmbeddedError} if the system refuses the files.
 */
export async function withDirectoryErrors<T>(directory: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof EmbeddedError) throw cause;
    const remedy = REMEDIES.find(([reason]) => reason.test(cause.message))?.[1] ?? "see the reason";
    throw new EmbeddedError(`The embedded database cannot use ${directory}; ${remedy} (${cause.message})`, {
      cause,
    });
  }
}
