const CONCAT = /vErrors\.concat\((\w+\.errors)\)/g;

const JOIN_ERRORS = `function joinErrors(errors, more) {
  for (const error of more) errors.push(error);
  return errors;
}
`;

/**
 * Ajv copies all errors found so far for every part of a value that has some, so that a long list of wrong items takes
 * the square of its length. Nobody else holds these arrays: appending gives the same in linear time.
 */
export function linearErrors(code: string): string {
  const linear = code.replaceAll(CONCAT, "joinErrors(vErrors, $1)");
  return linear === code ? code : `${linear}\n${JOIN_ERRORS}`;
}
