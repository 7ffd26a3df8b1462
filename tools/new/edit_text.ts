import { NewError } from "./usage_error.ts";

/** Text of a file that is edited at anchors. */
export class EditedText {
  /** @param byHand Section of docs/extending.md with the steps by hand. @default "Add a field" */
  constructor(readonly path: string, public text: string, readonly byHand: string = "Add a field") {}

  /**
   * Inserts a text after the first group of a pattern, which must match once.
   *
   * @throws {NewError} if it does not match.
   */
  insert(pattern: RegExp, addition: string): void {
    const { path, text } = this;
    const matches = [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
    const [match] = matches;
    if (match === undefined || matches.length > 1) {
      throw new NewError(
        `${path} has not the form that deno task new service writes; nothing was written. Add it by hand: ` +
          `docs/extending.md, "${this.byHand}"`,
      );
    }
    const at = match.index + (match[1]?.length ?? 0);
    this.text = `${text.slice(0, at)}${addition}${text.slice(at)}`;
  }
}
