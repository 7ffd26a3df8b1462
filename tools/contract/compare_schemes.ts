import { child, entries, type Located, member, textMember } from "../oapi_codegen/document/json_value.ts";
import type { Level } from "./change.ts";
import type { DocumentPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";
import { isSame } from "./types_of.ts";

/** Fields of a security scheme, and the level of their change. */
const FIELDS: readonly (readonly [field: string, level: Level])[] = [
  ["type", "breaking"],
  ["scheme", "breaking"],
  ["in", "breaking"],
  ["name", "breaking"],
  ["openIdConnectUrl", "risky"],
];

const FLOW_URLS = ["authorizationUrl", "tokenUrl", "refreshUrl"];

/** Compares the security schemes that both versions have. */
export function compareSchemes(pair: DocumentPair): void {
  const { changes } = pair;
  const [before, after] = [schemesOf(pair.before), schemesOf(pair.after)];
  for (const [name, scheme] of before) {
    const now = after.get(name);
    if (now === undefined) continue;
    const add = (level: Level, what: string, pointer: string): void =>
      changes.add("the document", {
        level,
        message: `security scheme ${name}: ${what}`,
        pointer,
        side: "after",
      });
    for (const [field, level] of FIELDS) {
      const [old, value] = [member(scheme.value, field), member(now.value, field)];
      const lower = (text: typeof old): typeof old =>
        typeof text === "string" && field === "scheme" ? text.toLowerCase() : text;
      if (isSame(lower(old), lower(value))) continue;
      add(level, `${field} changed from ${String(old)} to ${String(value)}`, `${now.pointer}/${field}`);
    }
    for (const [flow, found] of entries(scheme, "flows")) {
      const other = child(now, "flows");
      const same = other === undefined ? undefined : child(other, flow);
      if (same === undefined) {
        add("risky", `flow ${flow} removed`, now.pointer);
        continue;
      }
      for (const url of FLOW_URLS) {
        const [old, value] = [textMember(found.value, url), textMember(same.value, url)];
        if (old !== value) add("risky", `${url} of ${flow} changed from ${old} to ${value}`, same.pointer);
      }
    }
  }
}

function schemesOf(root: DocumentPair["before"]): ReadonlyMap<string, Located> {
  const components = child({ value: root, pointer: "" }, "components");
  if (components === undefined) return new Map();
  return new Map(
    [...entries(components, "securitySchemes")].map(([name, scheme]) => [name, follow(scheme, root)]),
  );
}
