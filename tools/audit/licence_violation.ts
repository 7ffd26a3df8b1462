import parse from "spdx-expression-parse";
import type { LockedPackage } from "./lock_file.ts";

/** Permitted licences. */
export interface LicenceRules {
  readonly allowed: ReadonlySet<string>;
  /** Packages permitted regardless of their licence, by `name@version`, with the reason. */
  readonly exceptions: ReadonlyMap<string, string>;
}

/**
 * Returns the user-facing reason why a package is not permitted; undefined if it is.
 *
 * @param manifest Parsed package.json.
 */
export function licenceViolation(
  { name, version }: Pick<LockedPackage, "name" | "version">,
  manifest: unknown,
  { allowed, exceptions }: LicenceRules,
): string | undefined {
  if (exceptions.has(`${name}@${version}`)) return undefined;
  const licence = licenceOf(manifest);
  if (licence === undefined) return `${name} ${version}: its manifest names no licence`;
  return satisfies(parsed(licence), allowed)
    ? undefined
    : `${name} ${version}: the licence ${JSON.stringify(licence)} is not allowed`;
}

/** Returns `license`, or its form before SPDX. That is an object with a `type`, or a list of alternatives. */
export function licenceOf(manifest: unknown): string | undefined {
  if (!isRecord(manifest)) return undefined;
  const { license, licenses } = manifest;
  if (typeof license === "string") return license;
  const types = [license, ...(licenses instanceof Array ? licenses : [])]
    .filter(isRecord).map(({ type }) => type).filter((type) => typeof type === "string");
  return types.length === 0 ? undefined : types.join(" OR ");
}

function parsed(licence: string): unknown {
  try {
    return parse(licence);
  } catch {
    return undefined;
  }
}

/** Whether one part of an `OR`, and every part of an `AND`, is permitted (SPDX 2.3, annex D). */
function satisfies(expression: unknown, allowed: ReadonlySet<string>): boolean {
  if (!isRecord(expression)) return false;
  const { license, exception, left, conjunction, right } = expression;
  if (conjunction === "or") return satisfies(left, allowed) || satisfies(right, allowed);
  if (conjunction === "and") return satisfies(left, allowed) && satisfies(right, allowed);
  // An exception only grants additional permissions.
  return typeof license === "string" && allowed.has(license) &&
    (exception === undefined || typeof exception === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Array);
}
