/** Error of a dump or its restoration. The message is user-facing, has one line and contains no values. */
export class DumpError extends Error {
  override readonly name = "DumpError";
}
