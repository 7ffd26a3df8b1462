import { DOCUMENT, type PartType, typeOfMember } from "../document_kinds.ts";
import { locate, unescapeToken } from "../json_value.ts";
import type { SourceTarget } from "../sources/sources.ts";
import { wrapsNullable } from "./upgrade_schema.ts";

/**
 * Returns the pointer of a target in the bundle where schemas around it are upgraded: one that is nullable without a type
 * becomes the first alternative of another.
 *
 * @param home its pointer if nothing was upgraded; it ends like that of the target
 */
export function upgradedPointer({ file, pointer }: SourceTarget, home: string): string {
  const tokens = pointer.split("/").slice(1);
  const homeTokens = home.split("/").slice(1);
  const offset = homeTokens.length - tokens.length;
  let type: PartType | undefined = DOCUMENT;
  const upgraded = homeTokens.slice(0, Math.max(0, offset));
  for (const [index, token] of tokens.entries()) {
    const holder = locate(file.value, ["", ...tokens.slice(0, index)].join("/"))?.value;
    const isSchema = type?.[0] === "one" && type[1] === "schema";
    if (isSchema && holder !== undefined && wrapsNullable(holder)) upgraded.push("anyOf", "0");
    upgraded.push(homeTokens[offset + index] ?? token);
    type = type && typeOfMember(type, unescapeToken(token));
  }
  return upgraded.map((token) => `/${token}`).join("");
}
