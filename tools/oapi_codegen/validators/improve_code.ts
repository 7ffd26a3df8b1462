/** Code that adds one error. */
const ADDITION = String.raw`const err\d+ = [^\n]*\nif\(vErrors === null\)\{\nvErrors = \[err\d+\];\n\}\n` +
  String.raw`else \{\nvErrors\.push\(err\d+\);\n\}\nerrors\+\+;\n\}\n`;
/** Check of the maximum number of items, then other checks of the array, then the beginning of the loop over items. */
const CHECK_AND_LOOP = new RegExp(
  String.raw`(if\((data\d*)\.length > (\d+)\)\{\n(?=const err\d+ = [^\n]*keyword:"maxItems")${ADDITION}` +
    String.raw`(?:if\([^\n]*\)\{\n${ADDITION})*const len\d+ = )\2\.length;`,
  "g",
);

/** Strings, which are values of the document, and the code that copies errors. */
const CONCAT = /"(?:[^"\\]|\\.)*"|vErrors\.concat\((\w+\.errors)\)/g;

const JOIN_ERRORS = `function joinErrors(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
`;

/** Types that a value must have one of. */
const TYPE = "(?:string|number|integer|boolean|array|object|null)";
const UNION = new RegExp(`(message:"must be )(${TYPE}(?:,${TYPE})+)"`, "g");

/**
 * Improves the code that Ajv writes, by its text: it copies errors, examines more items than an array may have, and
 * lists types without a word between them.
 */
export function improveCode(code: string): string {
  return boundedItems(linearErrors(plainMessages(code)));
}

/**
 * Makes validators examine no more items than the array may have. Ajv reports all errors, so an array that is too long
 * would otherwise cost an error for every item.
 */
function boundedItems(code: string): string {
  return code.replaceAll(CHECK_AND_LOOP, "$1Math.min($2.length, $3);");
}

/**
 * Makes error collection linear. For every part with errors Ajv copies all previous errors, so a long list of invalid
 * items takes quadratic time. These arrays are not shared, so appending has the same result.
 */
function linearErrors(code: string): string {
  const linear = code.replaceAll(
    CONCAT,
    (text: string, errors?: string) => errors === undefined ? text : `joinErrors(vErrors, ${errors})`,
  );
  return linear === code ? code : `${linear}\n${JOIN_ERRORS}`;
}

/** Replaces Ajv's "must be string,null" with "must be string or null", for clients of an API. */
function plainMessages(code: string): string {
  return code.replaceAll(UNION, (_, start: string, types: string) => {
    const names = types.split(",");
    const last = names.pop() ?? "";
    return `${start}${names.join(", ")} or ${last}"`;
  });
}
