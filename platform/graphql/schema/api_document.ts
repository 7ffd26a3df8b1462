/** JSON object of an OpenAPI document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Schema of a document with the name of its component, if it is one. */
export interface NamedSchema {
  readonly schema: JsonObject;
  readonly name: string | undefined;
}

/** Parameter of an operation. */
export interface DocumentedParameter {
  readonly name: string;
  readonly in: string;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  readonly schema: JsonObject;
}

/** Operation of an OpenAPI document, as far as GraphQL fields follow from it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: string;
  readonly summary: string;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  readonly parameters: readonly DocumentedParameter[];
  /** Schema of the JSON body, and its media type; undefined if there is none. */
  readonly body:
    | { readonly schema: JsonObject; readonly contentType: string; readonly isRequired: boolean }
    | undefined;
  /** Schema of the property `data` of the body of a success; undefined if it has none. */
  readonly data: JsonObject | undefined;
  /** Whether successful responses have an `ETag`. */
  readonly hasEtag: boolean;
  /** Statuses of problems. */
  readonly problems: readonly number[];
}

/** Document that GraphQL fields cannot be made of; the message says what is missing. */
export class FaceError extends Error {
  override readonly name = "FaceError";
}

/** OpenAPI document of an API, with all references inside. */
export class ApiDocument {
  readonly title: string;
  readonly #root: JsonObject;
  readonly #operations: ReadonlyMap<string, DocumentedOperation>;

  constructor(text: string) {
    const root: unknown = JSON.parse(text);
    this.#root = objectOf(root);
    this.title = String(objectOf(this.#root["info"])["title"] ?? "");
    this.#operations = new Map(this.#readOperations().map((one) => [one.operationId, one]));
  }

  /** @throws {FaceError} if the document has no such operation. */
  operation(operationId: string): DocumentedOperation {
    const found = this.#operations.get(operationId);
    if (found !== undefined) return found;
    throw new FaceError(
      `GraphQL: ${this.title} has no operation ${operationId}; it has ${
        [...this.#operations.keys()].join(", ")
      }`,
    );
  }

  has(operationId: string): boolean {
    return this.#operations.has(operationId);
  }

  /** Follows references, and returns the name of the last component. */
  resolve(schema: unknown): NamedSchema {
    let current = objectOf(schema);
    let name: string | undefined;
    while (typeof current["$ref"] === "string") {
      const reference = current["$ref"];
      const { $ref: _, ...beside } = current;
      current = { ...objectOf(this.#at(reference)), ...beside };
      name = reference.split("/").at(-1);
    }
    return { schema: current, name };
  }

  #at(reference: string): unknown {
    return reference.split("/").slice(1).reduce<unknown>(
      (value, step) => objectOf(value)[step.replaceAll("~1", "/").replaceAll("~0", "~")],
      this.#root,
    );
  }

  #readOperations(): DocumentedOperation[] {
    return Object.values(objectOf(this.#root["paths"])).flatMap((item) => {
      const { schema: path } = this.resolve(item);
      const shared = arrayOf(path["parameters"]);
      return ["get", "put", "post", "patch", "delete"].flatMap((method) =>
        path[method] === undefined ? [] : [this.#readOperation(method, objectOf(path[method]), shared)]
      );
    });
  }

  #readOperation(method: string, operation: JsonObject, shared: readonly unknown[]): DocumentedOperation {
    const byKey = new Map(
      [...shared, ...arrayOf(operation["parameters"])].map((parameter) => {
        const read = this.#readParameter(parameter);
        return [`${read.in} ${read.name}`, read];
      }),
    );
    const responses = Object.entries(objectOf(operation["responses"])).map(([status, response]) => ({
      status: Number(status),
      response: this.resolve(response).schema,
    }));
    const successes = responses.filter(({ status }) => status < 300).map(({ response }) => response);
    const bodies = successes.map((response) => this.resolve(this.#json(response)?.schema).schema);
    const [data] = bodies.flatMap((body) => objectOf(body["properties"])["data"] ?? []);
    return {
      operationId: String(operation["operationId"]),
      method,
      summary: String(operation["summary"] ?? ""),
      description: textOf(operation["description"]),
      deprecated: operation["deprecated"] === true,
      parameters: [...byKey.values()],
      body: this.#readBody(operation["requestBody"]),
      data: data === undefined ? undefined : objectOf(data),
      hasEtag: method !== "delete" &&
        successes.some(({ headers }) => objectOf(headers)["ETag"] !== undefined),
      problems: responses.map(({ status }) => status).filter((status) => status >= 400),
    };
  }

  #readParameter(parameter: unknown): DocumentedParameter {
    const { schema } = this.resolve(parameter);
    return {
      name: String(schema["name"]),
      in: String(schema["in"]),
      isRequired: schema["required"] === true,
      description: textOf(schema["description"]),
      schema: objectOf(schema["schema"]),
    };
  }

  #readBody(requestBody: unknown): DocumentedOperation["body"] {
    if (requestBody === undefined) return undefined;
    const { schema: body } = this.resolve(requestBody);
    const json = this.#json(body);
    return json === undefined ? undefined : { ...json, isRequired: body["required"] === true };
  }

  /** Returns the first content that is a JSON object, not a list such as that of a JSON Patch. */
  #json(holder: JsonObject): { readonly schema: JsonObject; readonly contentType: string } | undefined {
    for (const [contentType, media] of Object.entries(objectOf(holder["content"]))) {
      if (!/[/+]json(?:;|$)/.test(contentType)) continue;
      const schema = objectOf(objectOf(media)["schema"]);
      if (typesOf(this.resolve(schema).schema).includes("object")) return { schema, contentType };
    }
    return undefined;
  }
}

/** Returns a value as an object; an empty one for anything else. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a value as an array; an empty one for anything else. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the JSON types of a schema. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type, properties } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.map(String);
  return properties === undefined ? [] : ["object"];
}

/** Returns a value if it is a text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
