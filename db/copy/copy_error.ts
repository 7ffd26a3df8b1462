/** The database cannot be copied; the message is for people, one line, without secrets. */
export class CopyError extends Error {
  override readonly name = "CopyError";
}
