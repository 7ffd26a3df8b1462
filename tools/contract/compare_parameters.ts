import type { JsonValue } from "@archway/server/operation.ts";
import { child, elements, type Located, member, textMember } from "../oapi_codegen/document/json_value.ts";
import { compareContent } from "./compare_content.ts";
import type { OperationPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";
import { ANYTHING } from "./schema_pair.ts";

/** Compares the parameters of an operation, and of its path. */
export function compareParameters(pair: OperationPair): void {
  const before = parametersOf([pair.path.before, pair.operation.before], pair.before);
  const after = parametersOf([pair.path.after, pair.operation.after], pair.after);
  for (const [key, parameter] of before) {
    const now = after.get(key);
    if (now !== undefined) compareParameter(pair, { before: parameter, after: now });
    else reportRemoved(pair, parameter);
  }
  for (const [key, parameter] of after) if (!before.has(key)) reportAdded(pair, parameter);
}

/** Headers that other parts of the document describe (OpenAPI 3.1, 4.8.12.2.1). */
const IGNORED = /^(?:accept|content-type|authorization)$/i;

/** Returns the parameters by location and name; those of the path by their position, so that they may be renamed. */
function parametersOf(holders: readonly Located[], root: JsonValue): ReadonlyMap<string, Located> {
  const found = new Map<string, Located>();
  for (const holder of holders) {
    for (const element of elements(holder, "parameters")) {
      const parameter = follow(element, root);
      const name = textMember(parameter.value, "name") ?? "";
      const location = textMember(parameter.value, "in") ?? "";
      if (location === "header" && IGNORED.test(name)) continue;
      const position = location === "path" ? positionOf(name, holder.pointer) : -1;
      const key = position >= 0 ? position : location === "header" ? name.toLowerCase() : name;
      found.set(`${location} ${key}`, parameter);
    }
  }
  return found;
}

function positionOf(name: string, pointer: string): number {
  return [...pointer.matchAll(/\{([^}]*)\}/g)].findIndex(([, variable]) => variable === name);
}

function nameOf({ value }: Located): string {
  return `${textMember(value, "in") ?? ""} parameter ${textMember(value, "name") ?? ""}`;
}

/** Whether requests must have a parameter. Those of the path always do. */
function isRequired({ value }: Located): boolean {
  return member(value, "required") === true || textMember(value, "in") === "path";
}

function reportRemoved({ changes, place }: OperationPair, parameter: Located): void {
  const deprecated = member(parameter.value, "deprecated") === true;
  const message = `${deprecated ? "deprecated " : ""}${nameOf(parameter)} removed`;
  changes.add(place, { level: "risky", message, pointer: parameter.pointer, side: "before" });
}

function reportAdded({ changes, place, clientSends }: OperationPair, parameter: Located): void {
  // The path had the variable before, because paths are compared by their variables.
  const required = isRequired(parameter) && textMember(parameter.value, "in") !== "path";
  const level = required && clientSends === "request" ? "breaking" : "safe";
  const message = `${required ? "required" : "optional"} ${nameOf(parameter)} added`;
  changes.add(place, { level, message, pointer: parameter.pointer, side: "after" });
}

function compareParameter(
  pair: OperationPair,
  { before, after }: { readonly before: Located; readonly after: Located },
): void {
  const { changes, place, clientSends } = pair;
  const subject = nameOf(after);
  const add = (level: "breaking" | "risky" | "safe", message: string): void =>
    changes.add(place, { level, message: `${subject} ${message}`, pointer: after.pointer, side: "after" });
  const [old, now] = [textMember(before.value, "name"), textMember(after.value, "name")];
  if (old?.toLowerCase() !== now?.toLowerCase()) {
    add("risky", `renamed from ${old}: generated clients change`);
  }
  if (isRequired(before) !== isRequired(after)) {
    const breaks = isRequired(after) === (clientSends === "request");
    add(breaks ? "breaking" : "safe", isRequired(after) ? "is now required" : "is now optional");
  }
  const deprecated = member(after.value, "deprecated") === true;
  if ((member(before.value, "deprecated") === true) !== deprecated) {
    add("safe", deprecated ? "deprecated" : "no longer deprecated");
  }
  const [left, right] = [child(before, "schema"), child(after, "schema")];
  const [oldStyle, newStyle] = [styleOf(before), styleOf(after)];
  if (oldStyle !== newStyle) add("breaking", `changed its style from ${oldStyle} to ${newStyle}`);
  if (child(before, "content") !== undefined && child(after, "content") !== undefined) {
    compareContent(pair, { before, after, place, subject, direction: clientSends });
    return;
  }
  const findings = pair.schemas.compare({
    before: left === undefined ? ANYTHING : { parts: [left] },
    after: right === undefined ? ANYTHING : { parts: [right] },
  }, { direction: clientSends, asText: "scalars", repeats: newStyle === "form with explode" });
  changes.addFindings(findings, { place, subject });
}

/** Returns the style of a parameter, with its default values. */
function styleOf({ value }: Located): string {
  if (member(value, "content") !== undefined) return "content";
  const location = textMember(value, "in");
  const style = textMember(value, "style") ??
    (location === "query" || location === "cookie" ? "form" : "simple");
  const explode = member(value, "explode") ?? style === "form";
  return explode === true ? `${style} with explode` : style;
}
