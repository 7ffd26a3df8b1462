import type { JsonValue } from "@archway/server/operation.ts";
import { DOCUMENT, type Part, typeOfMember, visitParts } from "../document_kinds.ts";
import {
  decodeFragment,
  isArray,
  isObject,
  type JsonObject,
  locate,
  member,
  textMember,
} from "../json_value.ts";
import { componentPointer } from "../sources/sources.ts";

/** Returns the pointers of the components that operations, and the components they use, refer to. */
export function usedComponents(document: JsonObject): ReadonlySet<string> {
  const used = new Set<string>();
  const add = (pointer: string | undefined): void => {
    const [, first, group, name] = pointer?.split("/") ?? [];
    if (first === "components" && group !== undefined && name !== undefined) {
      used.add(`/components/${group}/${name}`);
    }
  };
  const visit = (part: Part): void => {
    visitParts(part, ({ value, type }) => {
      add(localPointer(textMember(value, "$ref")));
      if (type[0] !== "one") return;
      if (type[1] === "operation") {
        for (const name of schemesOf(value)) add(componentPointer("securitySchemes", name));
      }
      if (type[1] !== "schema") return;
      const mapping = member(member(value, "discriminator"), "mapping");
      for (const ref of isObject(mapping) ? Object.values(mapping) : []) {
        add(typeof ref === "string" ? localPointer(ref) ?? componentPointer("schemas", ref) : undefined);
      }
    });
  };
  for (const name of schemesOf(document)) add(componentPointer("securitySchemes", name));
  for (const group of ["paths", "webhooks"]) {
    const type = typeOfMember(DOCUMENT, group);
    if (type !== undefined) visit({ value: member(document, group) ?? null, pointer: `/${group}`, type });
  }
  // The set grows on the way.
  for (const pointer of used) {
    const [, , group = ""] = pointer.split("/");
    const map = typeOfMember(["one", "components"], group);
    const type = map && typeOfMember(map, "");
    if (type !== undefined) visit({ value: locate(document, pointer)?.value ?? null, pointer, type });
  }
  return used;
}

function schemesOf(owner: JsonValue): readonly string[] {
  const security = member(owner, "security");
  return isArray(security) ? security.flatMap((entry) => isObject(entry) ? Object.keys(entry) : []) : [];
}

/** Returns the pointer of a reference into the same document; undefined for any other. */
export function localPointer(ref: string | undefined): string | undefined {
  return ref?.startsWith("#") === true ? decodeFragment(ref.slice(1)) : undefined;
}
