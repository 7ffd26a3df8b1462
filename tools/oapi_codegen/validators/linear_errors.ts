/** Strings, which are values of the document, and the code that copies errors. */
const CONCAT = /"(?:[^"\\]|\\.)*"|vErrors\.concat\((\w+\.errors)\)/g;

const JOIN_ERRORS = `function joinErrors(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
`;

/**
 * Makes error collection linear. For every part with errors Ajv copies all previous errors, so a long list of invalid
 * items takes quadratic time. These arrays are not shared, so appending has the same result.
 */
export function linearErrors(code: string): string {
  const linear = code.replaceAll(
    CONCAT,
    (text: string, errors?: string) => errors === undefined ? text : `joinErrors(vErrors, ${errors})`,
  );
  return linear === code ? code : `${linear}\n${JOIN_ERRORS}`;
}
