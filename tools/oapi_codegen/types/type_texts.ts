import type { BinaryUses } from "../media/binary_rules.ts";
import { docComment } from "./doc_comment.ts";
import { propertyKey } from "./identifiers.ts";
import {
  child,
  elements,
  entries,
  isArray,
  type Located,
  member,
  textMember,
} from "../document/json_value.ts";
import { type Int64Type, isInt64 } from "../schemas/int64_rules.ts";
import type { References } from "../document/references.ts";
import {
  arrayOf,
  intersection,
  literalType,
  NEVER,
  simple,
  type TypeText,
  union,
  UNKNOWN,
} from "./type_syntax.ts";

/** Rules of the types, in addition to the schemas. */
export interface TypeTextsOptions {
  readonly references: References;
  /** Returns the name of the type of a referenced schema. */
  readonly nameOf: (pointer: string) => string;
  /** Uses of schemas of bytes: the value is a file in a form, and text elsewhere. */
  readonly binaryUses: BinaryUses;
  /** Whether the default of the property at a pointer is applied to requests. */
  readonly hasDefault: (pointer: string) => boolean;
  /** Type of integers with `format: int64`. */
  readonly int64: Int64Type;
}

/**
 * TypeScript types of schemas. A type has every value that the schema accepts, and as few others as its keywords for
 * types, properties, items and values can express.
 */
export class TypeTexts {
  constructor(readonly options: TypeTextsOptions) {}

  /** Returns the type of a schema; its lines after the first are indented. */
  of(schema: Located, indent = ""): TypeText {
    const { value, pointer } = schema;
    if (typeof value === "boolean") return value ? UNKNOWN : NEVER;
    const { references, nameOf } = this.options;
    const parts: TypeText[] = [];
    const ref = textMember(value, "$ref");
    const target = ref === undefined ? undefined : references.target(ref, `${pointer}/$ref`);
    if (target !== undefined) parts.push(simple(nameOf(target)));
    for (const part of elements(schema, "allOf")) parts.push(this.of(part, indent));
    for (const keyword of ["anyOf", "oneOf"]) {
      const branches = [...elements(schema, keyword)].map((branch) => this.of(branch, indent));
      if (branches.length > 0) parts.push(union(branches));
    }
    const composed = intersection(parts);
    const own = this.#own(schema, { indent, isComposed: composed !== UNKNOWN });
    const type = intersection([own, composed]);
    const names = this.#missing(schema);
    return names.length === 0 || type === NEVER || composed === UNKNOWN
      ? type
      : simple(`WithRequired<${type.text}, ${names.map((name) => JSON.stringify(name)).join(" | ")}>`);
  }

  /** Returns the type that the keywords of a schema define, except those that combine other schemas. */
  #own(schema: Located, { indent, isComposed }: { indent: string; isComposed: boolean }): TypeText {
    const { value } = schema;
    const only = member(value, "const");
    const values = only === undefined ? member(value, "enum") : [only];
    const types = typesOf(schema);
    if (this.options.int64 !== "number" && isInt64(value)) {
      return union((types ?? []).map((type) => simple(type === "null" ? type : this.options.int64)));
    }
    if (isArray(values)) {
      return union(
        values.filter((item) => types === undefined || types.some((type) => isOfType(item, type)))
          .map(literalType),
      );
    }
    if (types === undefined) {
      if (this.options.binaryUses.get(schema.pointer)?.has("file") === true) return this.#string(schema);
      const implied = [
        ...(["properties", "patternProperties", "additionalProperties"].some((keyword) =>
            member(value, keyword) !== undefined && member(value, keyword) !== true
          )
          ? ["object"]
          : []),
        ...(["items", "prefixItems"].some((keyword) => member(value, keyword) !== undefined)
          ? ["array"]
          : []),
      ];
      return implied.length === 0
        ? UNKNOWN
        : union(implied.map((type) => this.#typed(schema, { type, indent })));
    }
    const isBare = (type: string): boolean =>
      type === "object" &&
      ["properties", "patternProperties", "additionalProperties"].every((keyword) =>
        member(value, keyword) === undefined
      );
    // The types of the other schemas say more than that it is an object.
    if (isComposed && types.some(isBare)) return UNKNOWN;
    return union(types.map((type) => this.#typed(schema, { type, indent })));
  }

  #typed(schema: Located, { type, indent }: { type: string; indent: string }): TypeText {
    switch (type) {
      case "string":
        return this.#string(schema);
      case "integer":
        return simple("number");
      case "number":
      case "boolean":
      case "null":
        return simple(type);
      case "array":
        return this.#array(schema, indent);
      case "object":
        return this.#object(schema, indent);
      default:
        return NEVER;
    }
  }

  #string({ pointer }: Located): TypeText {
    const uses = this.options.binaryUses.get(pointer);
    if (uses?.has("file") !== true) return simple("string");
    const file = simple("globalThis.File");
    return uses.has("text") ? union([file, simple("string")]) : file;
  }

  #array(schema: Located, indent: string): TypeText {
    const items = child(schema, "items");
    const rest = items === undefined ? UNKNOWN : this.of(items, indent);
    const first = [...elements(schema, "prefixItems")].map((item) => this.of(item, indent));
    if (first.length === 0) return arrayOf(rest);
    const least = Number(member(schema.value, "minItems") ?? 0);
    const most = Number(member(schema.value, "maxItems") ?? Infinity);
    const listed = first.map((item, index) =>
      index < least ? item.text : `${arrayOf(item).text.slice(0, -2)}?`
    )
      .slice(0, most);
    const open = rest === NEVER || most <= first.length ? [] : [`...${arrayOf(rest).text}`];
    return simple(`[${[...listed, ...open].join(", ")}]`);
  }

  #object(schema: Located, indent: string): TypeText {
    const { value } = schema;
    const inner = `${indent}  `;
    const required = member(value, "required");
    const properties = [...entries(schema, "properties")].map(([name, property]) => {
      const type = this.of(property, inner);
      const isPresent = isArray(required) && required.includes(name) ||
        this.options.hasDefault(property.pointer);
      const readOnly = member(property.value, "readOnly") === true ? "readonly " : "";
      const text = `${describe(property, inner)}${inner}${readOnly}${propertyKey(name)}${
        isPresent ? "" : "?"
      }: ${type.text};\n`;
      return { text, type: isPresent ? type : union([type, simple("undefined")]) };
    });
    const patterns = [...entries(schema, "patternProperties")].map(([, part]) => this.of(part, inner));
    const additional = child(schema, "additionalProperties");
    if (properties.length === 0 && patterns.length === 0) {
      if (additional?.value === false) return simple("Record<string, never>");
      const type = additional === undefined ? UNKNOWN : this.of(additional, inner);
      return simple(`{\n${inner}[key: string]: ${type.text};\n${indent}}`);
    }
    const others = additional === undefined
      ? patterns.length === 0 ? NEVER : UNKNOWN
      : this.of(additional, inner);
    const index = union([...patterns, others]);
    const all = index === NEVER ? NEVER : union([index, ...properties.map(({ type }) => type)]);
    const signature = all === NEVER ? "" : `${inner}[key: string]: ${all.text};\n`;
    return simple(`{\n${properties.map(({ text }) => text).join("")}${signature}${indent}}`);
  }

  /** Names that a schema requires of the schemas that it combines. */
  #missing(schema: Located): readonly string[] {
    const own = member(schema.value, "properties");
    const named = (part: Located): readonly string[] => {
      const required = member(part.value, "required");
      const inner = [...elements(part, "allOf")].filter(({ value }) => member(value, "$ref") === undefined);
      return [
        ...(isArray(required) ? required : []).filter((name): name is string =>
          typeof name === "string" && member(member(part.value, "properties"), name) === undefined
        ),
        ...inner.flatMap(named),
      ];
    };
    const names = [...new Set(named(schema))].filter((name) => member(own, name) === undefined);
    return names.filter((name) => this.#declares(schema, { name, seen: new Set() }));
  }

  /** Whether a schema that another one combines declares a property. */
  #declares(schema: Located, { name, seen }: { name: string; seen: Set<string> }): boolean {
    if (seen.has(schema.pointer)) return false;
    seen.add(schema.pointer);
    if (member(member(schema.value, "properties"), name) !== undefined) return true;
    const ref = textMember(schema.value, "$ref");
    const pointer = ref === undefined
      ? undefined
      : this.options.references.target(ref, `${schema.pointer}/$ref`);
    const target = pointer === undefined ? undefined : this.options.references.at(pointer);
    return [
      ...(target === undefined ? [] : [target]),
      ...["allOf", "anyOf", "oneOf"].flatMap((keyword) => [...elements(schema, keyword)]),
    ].some((part) => this.#declares(part, { name, seen }));
  }
}

/** Returns the doc comment of a schema. */
export function describe({ value }: Located, indent = ""): string {
  const format = textMember(value, "format");
  const fallback = member(value, "default");
  return docComment([
    textMember(value, "description") ?? textMember(value, "title"),
    format === undefined ? undefined : `Format: ${format}`,
    fallback === undefined ? undefined : `@default ${JSON.stringify(fallback)}`,
  ], { indent, deprecated: member(value, "deprecated") === true });
}

/** Returns the types that a schema declares; undefined if it declares none. */
function typesOf({ value }: Located): readonly string[] | undefined {
  const type = member(value, "type");
  if (type === undefined) return undefined;
  return (isArray(type) ? type : [type]).map(String);
}

function isOfType(value: unknown, type: string): boolean {
  const name = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return name === type || type === "integer" && Number.isInteger(value);
}
