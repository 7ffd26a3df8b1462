import { createHash } from "node:crypto";
import type { Profile } from "./profile.ts";
import type { VersionCondition } from "./ports.ts";

/** A version as a strong entity tag (RFC 9110, section 8.8.3). */
export function formatVersion(version: bigint): string {
  return `"${version}"`;
}

/**
 * The condition that an If-Match field states. Tags that no version is written as can match nothing, so they are
 * left out; an empty condition is one that no profile meets.
 *
 * @param tags "*", or the opaque texts of the strong tags.
 */
export function versionCondition(tags: "*" | readonly string[]): VersionCondition {
  if (tags === "*") return "any";
  return tags.filter((tag) => /^[1-9][0-9]{0,17}$/.test(tag)).map(BigInt);
}

/** The entity tag of a page: changes when a profile of it, their order, or what surrounds them does. */
export function formatPageTag(
  profiles: readonly Profile[],
  surroundings: readonly (string | number | boolean)[],
): string {
  // None of the parts has a line break in it.
  let text = surroundings.join("\n");
  for (const { id, version } of profiles) text += `\n${id} ${version}`;
  return `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
}
