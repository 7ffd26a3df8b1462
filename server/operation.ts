import type { RequestContext } from "./request_context.ts";

/**
 * What generated code says about an operation, and what the server needs to serve it. Every value here is
 * plain data made by `deno task gen` from an OpenAPI 3.1 document, but for the validators, which are functions
 * compiled at the same time.
 */

/** A JSON value, as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | {
  readonly [key: string]: JsonValue;
};

/** The methods an OpenAPI path item can declare and this server serves. HEAD and OPTIONS are derived. */
export type Method = "GET" | "PUT" | "POST" | "DELETE" | "PATCH";

/** One broken rule, in the fields of Ajv's error object that the server reads. */
export interface ValidationError {
  /** JSON Pointer to the value that is wrong, "" for the root. */
  readonly instancePath: string;
  /** The JSON Schema keyword that refused it, e.g. "minLength". */
  readonly keyword: string;
  /** The keyword's arguments, e.g. `{ limit: 1 }`, `{ missingProperty: "name" }`, `{ pattern: "^a" }`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Ajv's English words for it, e.g. "must NOT have fewer than 1 characters". */
  readonly message?: string;
}

/**
 * A precompiled JSON-Schema validator. It may fill in defaults. After it returned false, `errors` holds every
 * error, until the next call: read it before anything is awaited.
 */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly ValidationError[] | null;
}

/** What a parameter's text is turned into before its schema is checked. A text that does not fit stays a string. */
export type Shape =
  | { readonly kind: "string" | "integer" | "number" | "boolean" | "any" }
  | { readonly kind: "array"; readonly items: Shape }
  | {
    readonly kind: "object";
    readonly properties: Readonly<Record<string, Shape>>;
    readonly additional?: Shape;
  };

/** Where a parameter stands in a request (OpenAPI 3.1, section 4.8.12). */
export type ParameterLocation = "path" | "query" | "header" | "cookie";

/** How a parameter is written (OpenAPI 3.1, section 4.8.12.2). */
export type ParameterStyle =
  | "matrix"
  | "label"
  | "simple"
  | "form"
  | "spaceDelimited"
  | "pipeDelimited"
  | "deepObject";

/** One parameter of an operation. */
export interface ParameterDescriptor {
  /** The name as the document writes it. Header names keep the document's letter case. */
  readonly name: string;
  readonly in: ParameterLocation;
  readonly required: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly shape: Shape;
  /** "json" when the document gives the parameter `content: application/json` and not a style. */
  readonly content?: "json";
  /** The schema's default, used when the parameter is absent. */
  readonly default?: JsonValue;
}

/** How a body is read: JSON text, form fields, text or bytes. */
export type Codec = "json" | "form" | "multipart" | "text" | "binary";

/** One media type of a request body. */
export interface RequestMediaType {
  /** Lower case, without parameters, e.g. "application/json". Ranges such as "image/*" are allowed. */
  readonly mediaType: string;
  readonly codec: Codec;
  /** Checks the parsed body. Absent for `binary` and for a media type without a schema. */
  readonly validate?: Validator;
  /** For `form` and `multipart`: what each field's text is turned into. */
  readonly shape?: Shape;
}

/** The body of an operation. */
export interface RequestBodyDescriptor {
  readonly required: boolean;
  /** From `x-max-body-bytes`: overrides the server's limit, in bytes. */
  readonly maxBytes?: number;
  /** In the document's order; the first is what a request without Content-Type and with a body is not given: it is 415. */
  readonly content: readonly RequestMediaType[];
}

/** One declared response of an operation. */
export interface ResponseDescriptor {
  /** The media types it can have, in the document's order; empty: it has no body. */
  readonly content: readonly ResponseMediaType[];
  readonly headers: readonly ResponseHeader[];
}

/** One media type of a response. */
export interface ResponseMediaType {
  readonly mediaType: string;
  readonly codec: Codec;
  /** Checks the body; used in tests and in development only. */
  readonly validate?: Validator;
}

/** One declared header of a response. */
export interface ResponseHeader {
  readonly name: string;
  readonly required: boolean;
}

/** What a caller has to have: a token of a scheme, with all of these scopes (OpenAPI 3.1, section 4.8.30). */
export interface SecurityRequirement {
  /** The scheme's name among the document's `securitySchemes`. */
  readonly scheme: string;
  /** E.g. "profiles:read"; empty: any token that is good. */
  readonly scopes: readonly string[];
}

/** One operation of a document. */
export interface Operation {
  readonly operationId: string;
  readonly method: Method;
  /** The path template as the document writes it, e.g. "/v1/profiles/{id}". */
  readonly path: string;
  readonly parameters: readonly ParameterDescriptor[];
  /** Checks `{ path, query, headers, cookies }` after decoding. Absent when there are no parameters. */
  readonly validateParameters?: Validator;
  readonly requestBody?: RequestBodyDescriptor;
  /** Keyed by status as text, e.g. "200"; "default" is not among them. */
  readonly responses: Readonly<Record<string, ResponseDescriptor>>;
  /** Alternatives, one of which a caller has to meet; empty: the operation is public. */
  readonly security: readonly SecurityRequirement[];
  /** The document's `x-…` fields of the operation, for whoever gives them a meaning. */
  readonly extensions: Readonly<Record<string, JsonValue>>;
}

/** A request after decoding and validation. Which fields exist is the operation's; generated types narrow it. */
export interface DecodedRequest {
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Keyed as the document writes the names. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: Readonly<Record<string, unknown>>;
  /** The body's media type as the document writes it; undefined without a body. */
  readonly contentType?: string | undefined;
  readonly body?: unknown;
}

/** What a strict handler returns. Generated unions narrow it to what the document declares. */
export interface StrictResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  /** The body's media type; absent: the first that the document declares for the status. */
  readonly contentType?: string;
  readonly body?: unknown;
}

/** An operation together with the method of an implementation that serves it. */
export interface Route {
  readonly operation: Operation;
  readonly handle: (request: DecodedRequest, context: RequestContext) => Promise<StrictResponse>;
}
