/** Error of a copy. The message is user-facing, has one line and contains no secrets. */
export class CopyError extends Error {
  override readonly name = "CopyError";
}
