import { arrayOf, type JsonObject, objectOf, textOf } from "./json_object.ts";

const METHODS = ["get", "put", "post", "patch", "delete", "query"];

/** Schema or other part of a document, with the name of its component, if it is one. */
export interface NamedSchema {
  readonly schema: JsonObject;
  readonly name: string | undefined;
}

/** Operation of a document, as it is written there. */
export interface WrittenOperation {
  /** Method in lower case. */
  readonly method: string;
  readonly operation: JsonObject;
  /** Parameters of the operation and of its path, without references. */
  readonly parameters: readonly JsonObject[];
}

/** OpenAPI document of an API, with all references inside. */
export class OpenApiDocument {
  readonly title: string;
  /** Operations that have an id, by it. */
  readonly operations: ReadonlyMap<string, WrittenOperation>;
  readonly #root: JsonObject;

  constructor(text: string) {
    const root: unknown = JSON.parse(text);
    this.#root = objectOf(root);
    this.title = String(objectOf(this.#root["info"])["title"] ?? "");
    this.operations = new Map(
      Object.values(objectOf(this.#root["paths"])).flatMap((item) => this.#operationsOf(item)),
    );
  }

  /** Follows references, beside which properties override those of the target, and returns the name of the last component. */
  resolve(value: unknown): NamedSchema {
    let schema = objectOf(value);
    let name: string | undefined;
    while (typeof schema["$ref"] === "string") {
      const { $ref: reference, ...beside } = schema;
      schema = { ...objectOf(this.at(reference)), ...beside };
      name = reference.split("/").at(-1);
    }
    return { schema, name };
  }

  /** Returns what a reference such as "#/components/schemas/Note" refers to (RFC 6901, section 6). */
  at(reference: string): unknown {
    return reference.split("/").slice(1).reduce<unknown>(
      (value, step) => objectOf(value)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")],
      this.#root,
    );
  }

  #operationsOf(item: unknown): readonly (readonly [string, WrittenOperation])[] {
    const { schema: path } = this.resolve(item);
    return METHODS.flatMap((method) => {
      const operation = objectOf(path[method]);
      const id = textOf(operation["operationId"]);
      if (id === undefined) return [];
      const byKey = new Map(
        [...arrayOf(path["parameters"]), ...arrayOf(operation["parameters"])].map((one) => {
          const { schema: parameter } = this.resolve(one);
          return [`${parameter["in"]} ${parameter["name"]}`, parameter];
        }),
      );
      return [[id, { method, operation, parameters: [...byKey.values()] }] as const];
    });
  }
}
