import type { JsonValue } from "@archway/server/operation.ts";
import type { DiagnosticList } from "../../diagnostics/diagnostics.ts";
import {
  decodeFragment,
  isObject,
  type JsonObject,
  locate,
  type Located,
  textMember,
} from "../json_value.ts";
import { mapSubschemas, subschemas } from "../../schemas/schema_walk.ts";
import { replaceSchemas, schemaRoots } from "../schema_positions.ts";

/** Base of identifiers in a file, whose own location has no meaning. */
const FILE = "https://document.invalid/";
/** Dialects that mean what OpenAPI 3.1 does. */
const DIALECTS = [
  "https://json-schema.org/draft/2020-12/schema",
  "https://spec.openapis.org/oas/3.1/dialect/base",
];
const IDENTIFIERS = ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef"];

/** Schemas of a file by their identifiers. */
interface Identifiers {
  /** Pointers of schemas with an `$id`, by URI. */
  readonly resources: ReadonlyMap<string, string>;
  /** Pointers of schemas with an anchor, by URI and fragment. */
  readonly anchors: ReadonlyMap<string, string>;
  /** Number of schemas with the same `$dynamicAnchor`. */
  readonly dynamic: ReadonlyMap<string, number>;
}

/**
 * Replaces references to an `$id` or an anchor (JSON Schema 2020-12 Core, section 8.2) with JSON Pointers, and omits the
 * identifiers. A dynamic reference becomes an ordinary one if it has only one possible target, and is an error
 * otherwise.
 */
export function resolveIdentifiers(value: JsonValue, diagnostics: DiagnosticList): JsonValue {
  const roots = schemaRoots(value);
  if (!roots.some(usesIdentifiers)) return value;
  const identifiers = indexOf(roots);
  const rewrite = ({ value: schema, pointer }: Located, outer: string): JsonValue => {
    if (!isObject(schema)) return schema;
    const base = baseOf(schema, outer);
    const inner = mapSubschemas({ value: schema, pointer }, (part) => rewrite(part, base));
    const target = (ref: string): string | undefined => targetOf(ref, { base, root: value, identifiers });
    const { $id: _id, $anchor: _anchor, $dynamicAnchor: _dynamic, $dynamicRef, ...rest } = inner;
    const ref = textMember(rest, "$ref");
    const plain = ref === undefined ? rest : { ...rest, $ref: target(ref) ?? ref };
    const dialect = textMember(plain, "$schema")?.replace(/#$/, "");
    const { $schema: _schema, ...known } = plain;
    const result: JsonObject = dialect !== undefined && DIALECTS.includes(dialect) ? known : plain;
    if (typeof $dynamicRef !== "string") return result;
    const found = target($dynamicRef) ?? $dynamicRef;
    const name = textMember(locate(value, decodeFragment(found.slice(1)) ?? "")?.value, "$dynamicAnchor");
    if (name !== undefined && $dynamicRef.endsWith(`#${name}`) && (identifiers.dynamic.get(name) ?? 0) > 1) {
      diagnostics.add(
        `${pointer}/$dynamicRef`,
        "The dynamic reference has several possible targets; use $ref to one of them",
      );
    }
    if (ref === undefined) return { ...result, $ref: found };
    const all = Array.isArray(result["allOf"]) ? result["allOf"] : [];
    return { ...result, allOf: [...all, { $ref: found }] };
  };
  return replaceSchemas(value, (schema) => rewrite(schema, FILE));
}

function usesIdentifiers(schema: Located): boolean {
  const { value } = schema;
  return isObject(value) &&
    (IDENTIFIERS.some((keyword) => Object.hasOwn(value, keyword)) || Object.hasOwn(value, "$schema") ||
      [...subschemas(schema)].some(([, inner]) => usesIdentifiers(inner)));
}

function indexOf(roots: readonly Located[]): Identifiers {
  const resources = new Map<string, string>();
  const anchors = new Map<string, string>();
  const dynamic = new Map<string, number>();
  const visit = (schema: Located, outer: string): void => {
    const base = baseOf(schema.value, outer);
    if (base !== outer) resources.set(base, schema.pointer);
    for (const keyword of ["$anchor", "$dynamicAnchor"]) {
      const name = textMember(schema.value, keyword);
      if (name !== undefined) anchors.set(`${base}#${name}`, schema.pointer);
    }
    const name = textMember(schema.value, "$dynamicAnchor");
    if (name !== undefined) dynamic.set(name, (dynamic.get(name) ?? 0) + 1);
    for (const [, inner] of subschemas(schema)) visit(inner, base);
  };
  for (const root of roots) visit(root, FILE);
  return { resources, anchors, dynamic };
}

/** Returns the base URI of a schema: its own `$id`, resolved, or that of the schema around it. */
function baseOf(schema: JsonValue, outer: string): string {
  const id = textMember(schema, "$id");
  return id === undefined ? outer : resolveUri(id, outer)?.replace(/#.*$/, "") ?? outer;
}

/** Returns the local reference that means the same as `ref`; undefined if it names no schema of the file. */
function targetOf(
  ref: string,
  { base, root, identifiers }: { base: string; root: JsonValue; identifiers: Identifiers },
): string | undefined {
  const uri = resolveUri(ref, base);
  if (uri === undefined) return undefined;
  const hash = uri.indexOf("#");
  const resource = hash < 0 ? uri : uri.slice(0, hash);
  const fragment = hash < 0 ? "" : uri.slice(hash + 1);
  const start = resource === FILE ? "" : identifiers.resources.get(resource);
  if (start === undefined) return undefined;
  const anchor = identifiers.anchors.get(`${resource}#${fragment}`);
  const inside = decodeFragment(fragment);
  const pointer = anchor ?? (inside === undefined ? undefined : `${start}${inside}`);
  if (pointer === undefined || locate(root, pointer) === undefined) return undefined;
  return `#${pointer.split("/").map(encodeURIComponent).join("/")}`;
}

function resolveUri(ref: string, base: string): string | undefined {
  return URL.canParse(ref, base) ? new URL(ref, base).href : undefined;
}
