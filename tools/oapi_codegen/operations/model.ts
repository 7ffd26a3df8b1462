import type {
  Codec,
  JsonValue,
  Method,
  ParameterLocation,
  ParameterStyle,
  SecurityRequirement,
  Shape,
} from "@archway/server/operation.ts";
import type { Located } from "../document/json_value.ts";

/** Parameter with resolved references. */
export interface ParameterModel {
  readonly name: string;
  readonly in: ParameterLocation;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly shape: Shape;
  readonly content: "json" | undefined;
  readonly default: JsonValue | undefined;
  readonly schema: Located;
}

/** Media type of a request or response body. */
export interface MediaModel {
  readonly mediaType: string;
  readonly codec: Codec;
  /** Schema of the body, or of each of its items. Undefined if the body is bytes, or text without rules. */
  readonly schema: Located | undefined;
  /** Schemas in the document that `schema` was made of; absent if it is one of the document. */
  readonly sources?: readonly Located[];
  /** "json" if the data of all events is JSON, texts included. */
  readonly data?: "json";
  /** Whether a handler reads the bytes while they arrive. */
  readonly stream?: true;
  /** Shape of the fields of form and multipart. */
  readonly shape: Shape | undefined;
  /** Pointers of the schemas of files in a multipart form. */
  readonly files: readonly string[];
  /** Type of its 64-bit integers, if it has any that are no numbers. */
  readonly int64?: "bigint" | "string";
}

/** Request body with resolved references. */
export interface BodyModel {
  readonly required: boolean;
  readonly description: string | undefined;
  readonly maxBytes: number | undefined;
  readonly content: readonly MediaModel[];
}

/** Header of a response. */
export interface HeaderModel {
  readonly name: string;
  readonly required: boolean;
  readonly description: string | undefined;
  /** "json" if it is a JSON text. */
  readonly content: "json" | undefined;
  readonly explode: boolean;
  /** Undefined for any scalar. */
  readonly schema: Located | undefined;
}

/** Response of an operation for one status. */
export interface ResponseModel {
  readonly status: number;
  readonly description: string | undefined;
  readonly headers: readonly HeaderModel[];
  readonly content: readonly MediaModel[];
}

/** Operation, with the parameters of its path included. */
export interface OperationModel {
  readonly operationId: string;
  /** Prefix of its type names: the operationId, capitalized. */
  readonly typeName: string;
  readonly method: Method;
  readonly path: string;
  readonly pointer: string;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  /** Headers of every response; undefined if the operation is not deprecated and has no sunset. */
  readonly deprecation: readonly (readonly [name: string, value: string])[] | undefined;
  readonly parameters: readonly ParameterModel[];
  readonly body: BodyModel | undefined;
  readonly responses: readonly ResponseModel[];
  /** Alternative requirements; none if the operation is public. */
  readonly security: readonly SecurityRequirement[];
  readonly extensions: { readonly [key: string]: JsonValue };
}
