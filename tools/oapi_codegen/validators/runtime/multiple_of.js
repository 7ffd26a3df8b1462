/**
 * Whether a number is a multiple of another one, by their shortest decimal forms. A division would say that 4.35 is no
 * multiple of 0.01.
 *
 * @param {number} value
 * @param {number} divisor
 * @returns {boolean}
 */
export function isMultipleOf(value, divisor) {
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0;
  const [digits, exponent] = decimalOf(value);
  const [divisorDigits, divisorExponent] = decimalOf(divisor);
  const least = Math.min(exponent, divisorExponent);
  return digits * 10n ** BigInt(exponent - least) %
      (divisorDigits * 10n ** BigInt(divisorExponent - least)) === 0n;
}

/**
 * @param {number} value
 * @returns {[bigint, number]} digits and exponent of ten
 */
function decimalOf(value) {
  const [mantissa = "0", exponent = "0"] = String(value).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}
