/** A resource with a version. */
export interface Versioned {
  readonly id: string;
  /** Starts at 1 and grows with every change; the ETag is derived from it. */
  readonly version: bigint;
}

/** Versions of a resource to which a change applies: any, or one of a list. */
export type VersionCondition = "any" | readonly bigint[];

/** Formats a version as a strong entity tag (RFC 9110, section 8.8.3). */
export function formatVersion(version: bigint): string {
  return `"${version}"`;
}

/**
 * Returns the condition of an If-Match header. Drops tags that are not formatted versions, because they cannot match; an
 * empty condition is never met.
 *
 * @param tags "*", or the opaque parts of the strong tags.
 */
export function versionCondition(tags: "*" | readonly string[]): VersionCondition {
  if (tags === "*") return "any";
  return tags.filter((tag) => /^[1-9][0-9]{0,17}$/.test(tag)).map(BigInt);
}

/** Returns whether a version meets a condition. */
export function meetsCondition(version: bigint, condition: VersionCondition): boolean {
  return condition === "any" || condition.includes(version);
}
