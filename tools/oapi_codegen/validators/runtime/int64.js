/** Conversions of the value that is being validated: object or list, key and converted integer. */
const pending = [];
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/**
 * Returns the reason why a value is no 64-bit integer of its schema, or "". The conversion of a valid one is made after
 * the validation, so that no branch of a schema sees what another one converted.
 *
 * @param {unknown} value
 * @param {Readonly<Record<string, unknown>>} rules
 * @param {object | undefined} parent
 * @param {string | number} key
 * @returns {string}
 */
export function int64Reason(value, rules, parent, key) {
  if (value === null && rules.null === true) return "";
  const integer = toBigInt(value, rules.text === true);
  if (integer === undefined || integer < MIN || integer > MAX) return "must be a 64-bit integer";
  if (rules.minimum !== undefined && integer < rules.minimum) return `must be at least ${rules.minimum}`;
  if (rules.maximum !== undefined && integer > rules.maximum) return `must be at most ${rules.maximum}`;
  if (rules.exclusiveMinimum !== undefined && integer <= rules.exclusiveMinimum) {
    return `must be greater than ${rules.exclusiveMinimum}`;
  }
  if (rules.exclusiveMaximum !== undefined && integer >= rules.exclusiveMaximum) {
    return `must be less than ${rules.exclusiveMaximum}`;
  }
  if (rules.multipleOf !== undefined && integer % BigInt(rules.multipleOf) !== 0n) {
    return `must be a multiple of ${rules.multipleOf}`;
  }
  if (rules.values !== undefined && !rules.values.some((one) => one !== null && BigInt(one) === integer)) {
    return `must be one of ${rules.values.join(", ")}`;
  }
  if (parent !== undefined) pending.push([parent, key, rules.as === "string" ? String(integer) : integer]);
  return "";
}

function toBigInt(value, isText) {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return isText && typeof value === "string" && /^-?(?:0|[1-9]\d{0,18})$/.test(value)
    ? BigInt(value)
    : undefined;
}

/**
 * Returns a validator that converts integers after the validation.
 *
 * @param isAlways Whether they are converted in an invalid value, too.
 */
export function converting(validate, isAlways) {
  function converted(value, place) {
    pending.length = 0;
    const isValid = validate(value, place);
    converted.errors = validate.errors;
    if (isValid || isAlways) { for (const [parent, key, integer] of pending) parent[key] = integer; }
    pending.length = 0;
    return isValid;
  }
  return converted;
}
