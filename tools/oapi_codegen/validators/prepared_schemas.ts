import type { JsonValue } from "@archway/server/operation.ts";
import {
  child,
  entries,
  isArray,
  isObject,
  type JsonObject,
  type Located,
  member,
  textMember,
} from "../document/json_value.ts";
import { PATTERN_FLAGS } from "./ajv_keywords.ts";
import { type FormatRules, isAsserted } from "../schemas/formats.ts";
import { INT64_KEYWORDS, int64Rules, type Int64Type, isInt64 } from "../schemas/int64_rules.ts";
import { readPattern } from "../schemas/patterns.ts";
import { containsBeside } from "./evaluated_items.ts";
import type { BinaryUses } from "../media/binary_rules.ts";
import { unionTags } from "./union_tags.ts";
import type { References } from "../document/references.ts";
import {
  ANNOTATIONS,
  ASSERTIONS,
  BRANCHES,
  LIST_KEYWORDS,
  MAP_KEYWORDS,
  REQUIRED_OF_REQUESTS,
  REQUIRED_OF_RESPONSES,
  SCHEMA_KEYWORDS,
} from "../schemas/schema_walk.ts";
import { SchemaSearch } from "../schemas/schema_search.ts";

/**
/**
 * Purpose that a schema is compiled for. Defaults are applied to requests but not to responses; in multipart forms,
 * bytes are files. A branch is a part of a request that need not match. Text, such as parameters and forms, has
 * integers as digits.
 */
export type Purpose = "branch" | "multipart" | "request" | "response" | "text" | "textbranch";

/** Purposes in the branches of a schema; the same for others. */
const IN_BRANCHES: ReadonlyMap<Purpose, Purpose> = new Map([["request", "branch"], ["text", "textbranch"]]);
const WITH_DEFAULTS: readonly Purpose[] = ["multipart", "request", "text"];

/** Rules of the schemas, in addition to their keywords. */
export interface PreparedSchemasOptions {
  readonly formats: FormatRules;
  readonly int64: Int64Type;
  readonly binaryUses: BinaryUses;
}

/** Whether a schema of the document asks what others have evaluated. */
export function asksForEvaluated(value: JsonValue): boolean {
  if (isArray(value)) return value.some(asksForEvaluated);
  return isObject(value) &&
    Object.entries(value).some(([key, item]) => key.startsWith("unevaluated") || asksForEvaluated(item));
}

/**
 * Rewrites the document's schemas for Ajv. Omits annotations, and replaces every `$ref` with the id of a separate
 * schema, so that each is compiled once.
 */
export class PreparedSchemas {
  /** Referenced schemas by id, in the order they were found. */
  readonly byId = new Map<string, JsonValue>();
  /** Ids by purpose and pointer. */
  readonly #ids = new Map<string, string>();
  /** Pointers of schemas whose default is not applied. */
  unusedDefaults: ReadonlySet<string> = new Set();

  /** Finds schemas that differ between purposes. */
  readonly #dependent: SchemaSearch;
  /** Finds schemas that differ between requests and responses. */
  readonly #directed: SchemaSearch;
  readonly #int64: SchemaSearch;

  /** @param options their `evaluates` is what {@link asksForEvaluated} returns for the document */
  constructor(
    readonly references: References,
    readonly options: PreparedSchemasOptions & { readonly evaluates: boolean },
  ) {
    this.#dependent = new SchemaSearch(
      references,
      (schema) =>
        member(schema.value, "default") !== undefined || this.#isFile(schema) || isDirected(schema.value) ||
        options.int64 !== "number" && isInt64(schema.value),
    );
    this.#directed = new SchemaSearch(references, ({ value }) => isDirected(value));
    this.#int64 = new SchemaSearch(references, ({ value }) => isInt64(value));
  }

  /** Returns the id of the schema at `pointer` for a purpose. The same for all purposes without defaults and files. */
  idOf(pointer: string, wanted: Purpose): string {
    const key = `${wanted} ${pointer}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const start = this.references.at(pointer);
    const plain = start === undefined || !this.#dependent.finds(start);
    const purpose = start === undefined ? wanted : this.#purposeOf(start, wanted);
    const id = `${plain ? "schema" : purpose}:${encodeURIComponent(pointer)}`;
    this.#ids.set(key, id);
    if (start !== undefined && !this.byId.has(id)) {
      this.byId.set(id, true);
      this.byId.set(id, this.#prepare(start, { purpose, root: true }));
    }
    return id;
  }

  /** Returns the purpose that makes no difference to the wanted one for a schema. */
  #purposeOf(schema: Located, wanted: Purpose): Purpose {
    if (this.options.int64 !== "number" && this.#int64.finds(schema)) return wanted;
    const purpose = wanted === "text" ? "request" : wanted === "textbranch" ? "branch" : wanted;
    // Without defaults, only the direction matters.
    return purpose === "branch" && !this.#directed.finds(schema) ? "response" : purpose;
  }

  /** Prepares an inline schema for a purpose. */
  prepare(schema: Located, purpose: Purpose): JsonValue {
    return this.#prepare(schema, { purpose, root: false });
  }

  #prepare(schema: Located, { purpose, root }: { purpose: Purpose; root: boolean }): JsonValue {
    const { value } = schema;
    if (!isObject(value)) return value;
    if (purpose === "multipart" && this.#isFile(schema)) return { isFile: true };
    const result: Record<string, JsonValue> = {};
    // In a branch, a default would be applied before it is known whether the branch matches: it is an annotation there.
    const purposeIn = (keyword: string): Purpose =>
      BRANCHES.includes(keyword) ? IN_BRANCHES.get(purpose) ?? purpose : purpose;
    const exact = this.options.int64 !== "number" && isInt64(value);
    const next = (inner: Located, keyword: string): JsonValue =>
      this.#prepare(inner, { purpose: purposeIn(keyword), root: keyword !== "properties" });
    for (const [keyword, item] of Object.entries(value)) {
      const inner = { value: item, pointer: `${schema.pointer}/${keyword}` };
      if (exact && INT64_KEYWORDS.includes(keyword)) continue;
      if (keyword === "$ref" && typeof item === "string") {
        const pointer = this.references.target(item, inner.pointer);
        if (pointer !== undefined) result["$ref"] = this.idOf(pointer, purpose);
      } else if (keyword === "x-pattern-message") result[keyword] = item;
      else if (ANNOTATIONS.includes(keyword) || keyword.startsWith("x-")) continue;
      else if (keyword === "format" && !isAsserted(String(item), this.options.formats)) continue;
      // Ajv requires a value.
      else if (keyword === "enum" && isArray(item) && item.length === 0) result["not"] = {};
      else if (keyword === "pattern" && typeof item === "string") {
        const rule = readPattern(item);
        if ("error" in rule) continue;
        result[keyword] = rule.source;
        if (rule.flags === "") result[PATTERN_FLAGS] = "";
      } else if (keyword === "patternProperties" && isObject(item)) {
        const corrected = [...entries(inner)].map(([key, part]) => {
          const rule = readPattern(key);
          return ["source" in rule ? rule.source : key, next(part, keyword)] as const;
        });
        result[keyword] = Object.fromEntries(corrected);
      } else if (SCHEMA_KEYWORDS.includes(keyword)) result[keyword] = next(inner, keyword);
      else if (LIST_KEYWORDS.includes(keyword) && isArray(item)) {
        result[keyword] = item.map((part, index) =>
          next({ value: part, pointer: `${inner.pointer}/${index}` }, keyword)
        );
      } else if (MAP_KEYWORDS.includes(keyword) && isObject(item)) {
        result[keyword] = this.#prepareMap(inner, (part) => next(part, keyword));
      } else if (ASSERTIONS.includes(keyword)) result[keyword] = item;
    }
    const tags = unionTags(schema, this.references);
    if (tags !== undefined) {
      result["discriminator"] = { ...tags };
      if (tags.isOpen) result["oneOf"] = result["anyOf"] ?? [];
      delete result["anyOf"];
    }
    if (this.options.evaluates) this.#prepareEvaluation(result, { schema, next });
    const required = [member(value, "required"), member(value, requiredOf(purpose))].filter(isArray).flat();
    if (required.length > 0) result["required"] = required;
    if (exact) {
      const { int64 } = this.options;
      const isText = ["multipart", "text", "textbranch"].includes(purpose);
      // A response is written as JSON, whatever the handler's type.
      result["int64"] = purpose === "response"
        ? int64Rules(value, { as: "bigint", isText: int64 === "string" })
        : int64Rules(value, { as: int64, isText });
    }
    const fallback = !root && WITH_DEFAULTS.includes(purpose) ? this.#defaultOf(schema) : undefined;
    if (fallback !== undefined) result["default"] = fallback;
    return result;
  }

  /** Rewrites keywords that Ajv evaluates too much for: `if` that does not match, and `contains`. */
  #prepareEvaluation(
    result: Record<string, JsonValue>,
    { schema, next }: { schema: Located; next: (inner: Located, keyword: string) => JsonValue },
  ): void {
    const { if: condition, then = true, else: otherwise = true, allOf = [], unevaluatedItems } = result;
    if (condition !== undefined) {
      delete result["if"];
      delete result["then"];
      delete result["else"];
      const branches = [{ allOf: [condition, then] }, { allOf: [{ not: condition }, otherwise] }];
      result["allOf"] = [...isArray(allOf) ? allOf : [], { anyOf: branches }];
    }
    if (unevaluatedItems === undefined || unevaluatedItems === true) return;
    const contained = containsBeside(schema, this.references).map((inner) => next(inner, "contains"));
    if (contained.length > 0) result["unevaluatedItems"] = { anyOf: [...contained, unevaluatedItems] };
  }

  #prepareMap(map: Located, next: (part: Located) => JsonValue): JsonObject {
    const prepared = Object.keys(isObject(map.value) ? map.value : {}).flatMap((key) => {
      const part = child(map, key);
      return part === undefined ? [] : [[key, next(part)] as const];
    });
    return Object.fromEntries(prepared);
  }

  /** Returns a property's default: its own, or that of the referenced schema, which Ajv ignores. */
  #defaultOf(schema: Located): JsonValue | undefined {
    const own = member(schema.value, "default");
    const isOwn = own !== undefined || textMember(schema.value, "$ref") === undefined;
    const holder = isOwn ? schema : this.references.follow(schema);
    if (holder === undefined || this.unusedDefaults.has(holder.pointer)) return undefined;
    return member(holder.value, "default");
  }

  #isFile({ pointer }: Located): boolean {
    return this.options.binaryUses.get(pointer)?.has("file") === true;
  }
}

function isDirected(schema: JsonValue): boolean {
  return [REQUIRED_OF_REQUESTS, REQUIRED_OF_RESPONSES].some((name) => member(schema, name) !== undefined);
}

function requiredOf(purpose: Purpose): string {
  return purpose === "response" ? REQUIRED_OF_RESPONSES : REQUIRED_OF_REQUESTS;
}
