/** Error of a rebuild that cannot continue and has made no changes. */
export class RebuildError extends Error {
  override readonly name = "RebuildError";
}
