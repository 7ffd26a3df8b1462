/** A rebuild cannot go on, and has changed nothing. The message says why. */
export class RebuildError extends Error {
  override readonly name = "RebuildError";
}
