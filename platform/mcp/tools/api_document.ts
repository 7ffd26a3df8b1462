import { arrayOf, isObject, type JsonObject, objectOf } from "./json_object.ts";

const METHODS = ["get", "put", "post", "patch", "delete", "query"];

/** Keywords of OpenAPI that JSON Schema does not have, and examples, which cost more than they help. */
const OMITTED = new Set(["discriminator", "xml", "externalDocs", "example", "examples"]);

/** Operation of a document, as it is written there. */
export interface WrittenOperation {
  readonly operation: JsonObject;
  /** Parameters of the operation and of its path, without references. */
  readonly parameters: readonly JsonObject[];
}

/** OpenAPI document of an API, with all references inside. */
export class ApiDocument {
  readonly operations: ReadonlyMap<string, WrittenOperation>;
  readonly #root: JsonObject;

  constructor(text: string) {
    const root: unknown = JSON.parse(text);
    this.#root = objectOf(root);
    this.operations = new Map(
      Object.values(objectOf(this.#root["paths"])).flatMap((item) => this.#operationsOf(item)),
    );
  }

  /** Follows the references of an object, whose own properties override those of the target. */
  resolve(value: unknown): JsonObject {
    let current = objectOf(value);
    while (typeof current["$ref"] === "string") {
      const { $ref, ...beside } = current;
      current = { ...objectOf(this.#at($ref)), ...beside };
    }
    return current;
  }

  /** Returns a JSON Schema that needs no other document: components that it refers to are in `$defs`. */
  standalone(schema: JsonObject): JsonObject {
    const defs: Record<string, unknown> = {};
    const rewritten = this.#rewrite(schema, defs);
    return Object.keys(defs).length === 0 ? rewritten : { ...rewritten, $defs: defs };
  }

  #operationsOf(item: unknown): readonly (readonly [string, WrittenOperation])[] {
    const path = this.resolve(item);
    return METHODS.flatMap((method) => {
      const operation = objectOf(path[method]);
      const id = operation["operationId"];
      if (typeof id !== "string") return [];
      const byKey = new Map(
        [...arrayOf(path["parameters"]), ...arrayOf(operation["parameters"])].map((one) => {
          const parameter = this.resolve(one);
          return [`${parameter["in"]} ${parameter["name"]}`, parameter];
        }),
      );
      return [[id, { operation, parameters: [...byKey.values()] }] as const];
    });
  }

  #at(reference: string): unknown {
    return reference.split("/").slice(1).reduce<unknown>(
      (value, step) => objectOf(value)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")],
      this.#root,
    );
  }

  #rewrite(schema: JsonObject, defs: Record<string, unknown>): JsonObject {
    return Object.fromEntries(
      Object.entries(schema).filter(([key]) => !OMITTED.has(key) && !key.startsWith("x-")).map((
        [key, value],
      ) => [key, this.#rewriteKeyword(key, value, defs)]),
    );
  }

  #rewriteKeyword(key: string, value: unknown, defs: Record<string, unknown>): unknown {
    if (key === "$ref" && typeof value === "string") return this.#define(value, defs);
    // Names in these are of properties, not of keywords; values in those are data.
    if (["properties", "patternProperties", "$defs", "dependentSchemas"].includes(key)) {
      return Object.fromEntries(
        Object.entries(objectOf(value)).map(([name, one]) => [name, this.#rewriteSchema(one, defs)]),
      );
    }
    if (["const", "enum", "default", "required", "dependentRequired"].includes(key)) return value;
    return Array.isArray(value)
      ? value.map((one) => this.#rewriteSchema(one, defs))
      : this.#rewriteSchema(value, defs);
  }

  #rewriteSchema(value: unknown, defs: Record<string, unknown>): unknown {
    return isObject(value) ? this.#rewrite(value, defs) : value;
  }

  /** Adds the target of a reference to the definitions, and returns the reference to it there. */
  #define(reference: string, defs: Record<string, unknown>): string {
    const name = reference.split("/").slice(1).filter((step) => step !== "components" && step !== "schemas")
      .join("_").replaceAll(/[^\w.-]/g, "_");
    if (!(name in defs)) {
      defs[name] = {};
      defs[name] = this.#rewriteSchema(this.#at(reference), defs);
    }
    return `#/$defs/${name}`;
  }
}
