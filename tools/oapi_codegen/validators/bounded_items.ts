/** Code that adds one error. */
const ADDITION = String.raw`const err\d+ = [^\n]*\nif\(vErrors === null\)\{\nvErrors = \[err\d+\];\n\}\n` +
  String.raw`else \{\nvErrors\.push\(err\d+\);\n\}\nerrors\+\+;\n\}\n`;
/** Check of the maximum number of items, then other checks of the array, then the beginning of the loop over items. */
const CHECK_AND_LOOP = new RegExp(
  String.raw`(if\((data\d*)\.length > (\d+)\)\{\n(?=const err\d+ = [^\n]*keyword:"maxItems")${ADDITION}` +
    String.raw`(?:if\([^\n]*\)\{\n${ADDITION})*const len\d+ = )\2\.length;`,
  "g",
);

/**
 * Makes validators examine no more items than the array may have. Ajv reports all errors, so an array that is too long
 * would otherwise cost an error for every item.
 */
export function boundedItems(code: string): string {
  return code.replaceAll(CHECK_AND_LOOP, "$1Math.min($2.length, $3);");
}
