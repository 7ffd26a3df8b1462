import { type JsonObject, objectOf, textOf } from "@archway/service_kit/json_object.ts";
import { OpenApiDocument, type WrittenOperation } from "@archway/service_kit/openapi_document.ts";

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

/** OpenAPI document of an API, of whose operations GraphQL fields are made. */
export class ApiDocument extends OpenApiDocument {
  /** @throws {FaceError} if the document has no such operation. */
  operation(operationId: string): DocumentedOperation {
    const written = this.operations.get(operationId);
    if (written !== undefined) return this.#documented(operationId, written);
    throw new FaceError(
      `GraphQL: ${this.title} has no operation ${operationId}; it has ${
        [...this.operations.keys()].join(", ")
      }`,
    );
  }

  #documented(operationId: string, { method, operation, parameters }: WrittenOperation): DocumentedOperation {
    const responses = Object.entries(objectOf(operation["responses"])).map(([status, response]) => ({
      status: Number(status),
      response: this.resolve(response).schema,
    }));
    const successes = responses.filter(({ status }) => status < 300).map(({ response }) => response);
    const bodies = successes.map((response) => this.resolve(this.#json(response)?.schema).schema);
    const [data] = bodies.flatMap((body) => objectOf(body["properties"])["data"] ?? []);
    return {
      operationId,
      method,
      summary: String(operation["summary"] ?? ""),
      description: textOf(operation["description"]),
      deprecated: operation["deprecated"] === true,
      parameters: parameters.map(documentedParameter),
      body: this.#readBody(operation["requestBody"]),
      data: data === undefined ? undefined : objectOf(data),
      hasEtag: method !== "delete" &&
        successes.some(({ headers }) => objectOf(headers)["ETag"] !== undefined),
      problems: responses.map(({ status }) => status).filter((status) => status >= 400),
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

function documentedParameter(parameter: JsonObject): DocumentedParameter {
  return {
    name: String(parameter["name"]),
    in: String(parameter["in"]),
    isRequired: parameter["required"] === true,
    description: textOf(parameter["description"]),
    schema: objectOf(parameter["schema"]),
  };
}

/** Returns the JSON types of a schema. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type, properties } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.map(String);
  return properties === undefined ? [] : ["object"];
}
