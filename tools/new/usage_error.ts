/** Error of a command line or of a clash with existing files, to be printed without a stack. */
export class NewError extends Error {
  override readonly name = "NewError";
}
