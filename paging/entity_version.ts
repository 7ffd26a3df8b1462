import { createHash } from "node:crypto";

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

/** The entity tag of a page: changes when an item of it, their order, or what surrounds them does. */
export function formatPageTag(
  items: readonly { readonly id: string; readonly version: bigint }[],
  surroundings: readonly (string | number | boolean)[],
): string {
  // None of the parts has a line break in it.
  let text = surroundings.join("\n");
  for (const { id, version } of items) text += `\n${id} ${version}`;
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}
