/** Error of starting the embedded database. The message names the directory and what to do, in one line. */
export class EmbeddedError extends Error {
  override readonly name: string = "EmbeddedError";
}

/** The data directory is in use by another process. */
export class DirectoryInUseError extends EmbeddedError {
  override readonly name = "DirectoryInUseError";
}
