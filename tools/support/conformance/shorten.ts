/** A text for the name of a row: a long one is cut and its length is told. */
export function shorten(text: string): string {
  return text.length <= 50 ? text : `${text.slice(0, 40)}… (${text.length} characters)`;
}
