import { parseIfMatch } from "@archway/server/entity_tag.ts";
import { type VersionCondition, versionCondition } from "./entity_version.ts";

/**
 * The version condition of a request.
 *
 * @throws {Problem} 400 if the header is malformed.
 */
export function conditionOf(headers: { readonly "If-Match": string }): VersionCondition {
  return versionCondition(parseIfMatch(headers["If-Match"]));
}
