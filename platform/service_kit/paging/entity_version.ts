/** Which versions of something a change may be made to: any, or one of these. */
export type VersionCondition = "any" | readonly bigint[];

/** A version as a strong entity tag (RFC 9110, section 8.8.3). */
export function formatVersion(version: bigint): string {
  return `"${version}"`;
}

/**
 * The condition that an If-Match field states. Tags that no version is written as can match nothing, so they are
 * left out; an empty condition is one that nothing meets.
 *
 * @param tags "*", or the opaque texts of the strong tags.
 */
export function versionCondition(tags: "*" | readonly string[]): VersionCondition {
  if (tags === "*") return "any";
  return tags.filter((tag) => /^[1-9][0-9]{0,17}$/.test(tag)).map(BigInt);
}
