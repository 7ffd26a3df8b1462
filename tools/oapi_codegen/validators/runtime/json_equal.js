/**
 * Whether two JSON values are equal, regardless of member names. Replaces Ajv's own comparison in generated
 * validators, which would call a member named "valueOf" as a function.
 *
 * @param {unknown} left
 * @param {unknown} right
 * @returns {boolean}
 */
export function jsonEqual(left, right) {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) =>
    Object.hasOwn(right, key) && jsonEqual(Reflect.get(left, key), Reflect.get(right, key))
  );
}
