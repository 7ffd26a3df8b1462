/**
 * Subset of `jsr:@std/assert` that the tests use, over `node:assert/strict`. It has the same signatures: one line of
 * the import map switches to the original.
 */
import nodeAssert from "node:assert/strict";

// deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
type AnyConstructor = new (...args: any[]) => any;

/** Error thrown by a failed assertion. */
export const AssertionError = nodeAssert.AssertionError;

function fail(message: string, details: { actual?: unknown; expected?: unknown } = {}): never {
  throw new AssertionError({ message, ...details });
}

function describe(value: unknown): string {
  return Deno.inspect(value, { depth: 6 });
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) fail(msg || "Expected a truthy value");
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): void {
  if (expr) fail(msg || "Expected a falsy value");
}

/** Asserts that both are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.deepEqual(actual, expected, msg);
}

/** Asserts that they are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.notDeepEqual(actual, expected, msg);
}

/** Asserts that both are identical by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  nodeAssert.equal(actual, expected, msg);
}

/** Asserts that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (!(actual instanceof expectedType)) {
    fail(msg || `Expected an instance of ${expectedType.name}, got ${describe(actual)}`);
  }
}

/** Asserts that the text matches. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  nodeAssert.match(actual, expected, msg);
}

/** Asserts that the text contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) {
    fail(msg ?? `Expected ${describe(actual)} to contain ${describe(expected)}`, { actual, expected });
  }
}

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) fail(msg ?? `Expected ${describe(actual)} > ${describe(expected)}`);
}

/** Asserts `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) fail(msg ?? `Expected ${describe(actual)} >= ${describe(expected)}`);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) fail(msg ?? `Expected ${describe(actual)} < ${describe(expected)}`);
}

/** Asserts that `error` is an Error, of this class and containing this text if specified. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) fail(msg ?? `Expected an Error, got ${describe(error)}`);
  if (ErrorClass && !(error instanceof ErrorClass)) {
    fail(msg ?? `Expected an error of ${ErrorClass.name}, got ${describe(error)}`);
  }
  const { message } = error;
  if (typeof msgMatches === "string" && !message.includes(msgMatches)) {
    fail(msg ?? `Expected the error message to include ${describe(msgMatches)}, got ${describe(message)}`);
  }
  if (msgMatches instanceof RegExp) assertMatch(message, msgMatches, msg);
}

/** Asserts that `fn` throws, and returns the error. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
  ErrorClassOrMsg?: string | (abstract new (...args: any[]) => Error),
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    if (typeof ErrorClassOrMsg === "function") assertIsError(error, ErrorClassOrMsg, msgIncludes, msg);
    return error;
  }
  fail((typeof ErrorClassOrMsg === "string" ? ErrorClassOrMsg : msg) ?? "Expected function to throw");
}

/** Asserts that the promise of `fn` rejects, and returns the error. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any -- the signature of @std/assert: any constructor, whatever its arguments
  ErrorClassOrMsg?: string | (abstract new (...args: any[]) => Error),
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  try {
    await fn();
  } catch (error) {
    if (typeof ErrorClassOrMsg === "function") assertIsError(error, ErrorClassOrMsg, msgIncludes, msg);
    return error;
  }
  fail((typeof ErrorClassOrMsg === "string" ? ErrorClassOrMsg : msg) ?? "Expected function to reject");
}
