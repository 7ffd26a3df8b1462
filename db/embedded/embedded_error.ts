/** Error of starting the embedded database. The message names the directory and what to do, in one line. */
export class EmbeddedError extends Error {
  override readonly name = "EmbeddedError";
}
