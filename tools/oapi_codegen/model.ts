import type {
  Codec,
  JsonValue,
  Method,
  ParameterLocation,
  ParameterStyle,
  SecurityRequirement,
  Shape,
} from "@archway/server/operation.ts";
import type { Located } from "./json_value.ts";

/** One parameter, its references followed. */
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

/** One media type of a request or response body. */
export interface MediaModel {
  readonly mediaType: string;
  readonly codec: Codec;
  /** Absent where the body is bytes, or text without rules. */
  readonly schema: Located | undefined;
  /** The fields' shape, for form and multipart. */
  readonly shape: Shape | undefined;
}

/** A request body, its references followed. */
export interface BodyModel {
  readonly required: boolean;
  readonly description: string | undefined;
  readonly maxBytes: number | undefined;
  readonly content: readonly MediaModel[];
}

/** One header of a response. */
export interface HeaderModel {
  readonly name: string;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly schema: Located;
}

/** One status of an operation. */
export interface ResponseModel {
  readonly status: number;
  readonly description: string | undefined;
  readonly headers: readonly HeaderModel[];
  readonly content: readonly MediaModel[];
}

/** One operation, everything it shares with its path merged in. */
export interface OperationModel {
  readonly operationId: string;
  /** The stem of its types' names: the operationId with a capital. */
  readonly typeName: string;
  readonly method: Method;
  readonly path: string;
  readonly pointer: string;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  readonly parameters: readonly ParameterModel[];
  readonly body: BodyModel | undefined;
  readonly responses: readonly ResponseModel[];
  /** Alternatives; none: it is public. */
  readonly security: readonly SecurityRequirement[];
  readonly extensions: { readonly [key: string]: JsonValue };
}
