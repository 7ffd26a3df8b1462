import parse from "spdx-expression-parse";
import type { LockedPackage } from "./lock_file.ts";

/** What is allowed. */
export interface LicenceRules {
  readonly allowed: ReadonlySet<string>;
  /** Packages that may be used whatever they are under, by `name@version`, with the reason. */
  readonly exceptions: ReadonlyMap<string, string>;
}

/**
 * Why a package may not be used, for people; undefined: it may.
 *
 * @param manifest Its package.json, parsed.
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

/** `license`, or what manifests had before SPDX: an object with a `type`, or a list of these to choose from. */
function licenceOf(manifest: unknown): string | undefined {
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

/** One of alternatives is enough, what is joined has to be allowed in every part (SPDX 2.3, annex D). */
function satisfies(expression: unknown, allowed: ReadonlySet<string>): boolean {
  if (!isRecord(expression)) return false;
  const { license, exception, left, conjunction, right } = expression;
  if (conjunction === "or") return satisfies(left, allowed) || satisfies(right, allowed);
  if (conjunction === "and") return satisfies(left, allowed) && satisfies(right, allowed);
  // An exception only allows more than its licence does.
  return typeof license === "string" && allowed.has(license) &&
    (exception === undefined || typeof exception === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !(value instanceof Array);
}
