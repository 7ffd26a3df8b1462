/** A resource whose changes are counted. */
export interface Versioned {
  readonly id: string;
  /** Counts the changes, from 1; the ETag is made of it. */
  readonly version: bigint;
}

/** Versions of a resource that a change may be made to: any, or one of these. */
export type VersionCondition = "any" | readonly bigint[];

/** A version as a strong entity tag (RFC 9110, section 8.8.3). */
export function formatVersion(version: bigint): string {
  return `"${version}"`;
}

/**
 * The condition that an If-Match field states. Tags that no version is written as cannot match, so they are left
 * out; an empty condition is never met.
 *
 * @param tags "*", or the opaque texts of the strong tags.
 */
export function versionCondition(tags: "*" | readonly string[]): VersionCondition {
  if (tags === "*") return "any";
  return tags.filter((tag) => /^[1-9][0-9]{0,17}$/.test(tag)).map(BigInt);
}

/** Whether a version meets a condition. */
export function meetsCondition(version: bigint, condition: VersionCondition): boolean {
  return condition === "any" || condition.includes(version);
}
