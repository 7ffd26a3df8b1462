import { notFoundError } from "./domain_error.ts";

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * Returns the key in the path of a resource as its column stores it.
 *
 * @throws {DomainError} not found, for a value that no key has.
 */
export function resourceKey(
  resource: string,
  { value, kind }: { readonly value: string | number; readonly kind: "bigint" | "text" | "uuid" },
): string {
  const text = String(value);
  const isKey = {
    bigint: () => /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)),
    text: () => text.isWellFormed() && !text.includes("\0"),
    uuid: () => UUID.test(text),
  };
  if (!isKey[kind]()) throw notFoundError(resource);
  return kind === "uuid" ? text.toLowerCase() : text;
}
