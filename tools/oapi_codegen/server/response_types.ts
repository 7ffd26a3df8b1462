import { docComment } from "../types/doc_comment.ts";
import { propertyKey } from "../types/identifiers.ts";
import type { HeaderModel, MediaModel, OperationModel, ResponseModel } from "../operations/model.ts";
import { bodyType, contentTypeOf } from "./request_types.ts";
import { isKeyed } from "../media/streaming_rules.ts";
import { isRange } from "@archway/server/representation/media_type.ts";
import type { SchemaTypes } from "../types/schema_types.ts";

/**
 * Returns the declaration of an operation's response type. It is a union discriminated by `status`, and by
 * `contentType` if a status has several media types. Undeclared members are `never`, so that a variable cannot
 * introduce them.
 */
export function responseType(operation: OperationModel, types: SchemaTypes): string {
  const variants = operation.responses.flatMap((response) =>
    response.content.length === 0
      ? [variant(response, { media: undefined, operation, types })]
      : response.content.map((media) => variant(response, { media, operation, types }))
  );
  const doc = docComment([`Responses of {@link StrictServerInterface.${operation.operationId}}.`]);
  return `${doc}export type ${operation.typeName}Response =\n${
    variants.map((text) => `  | ${text}`).join("\n")
  };\n`;
}

function variant(
  response: ResponseModel,
  { media, operation, types }: {
    media: MediaModel | undefined;
    operation: OperationModel;
    types: SchemaTypes;
  },
): string {
  const doc = docComment([response.description], { indent: "    " });
  const members = [
    `${doc}    readonly status: ${response.status};\n`,
    headersMember(response.headers, types),
    media === undefined
      ? "    readonly contentType?: never;\n    readonly body?: never;\n"
      : contentMember(media, response) +
        `    readonly body: ${responseBodyType(media, { operation, types })};\n`,
  ];
  return `{\n${members.join("")}  }`;
}

/** Returns the type of a body; bytes and text may be streams, unless the response is stored. */
function responseBodyType(
  media: MediaModel,
  { operation, types }: { operation: OperationModel; types: SchemaTypes },
): string {
  const type = bodyType(media, types);
  const mayStream = ["binary", "text"].includes(media.codec) && !isKeyed(operation);
  return mayStream ? `${type} | runtime.BodyStream` : type;
}

/** Returns the contentType member, optional for a single media type. A media range must be specified. */
function contentMember(media: MediaModel, { content }: ResponseModel): string {
  const isOptional = content.length === 1 && !isRange(media.mediaType);
  return `    readonly contentType${isOptional ? "?" : ""}: ${contentTypeOf(media)};\n`;
}

function headersMember(headers: readonly HeaderModel[], types: SchemaTypes): string {
  if (headers.length === 0) return "    readonly headers?: never;\n";
  const members = headers.map((header) => {
    const { name, required, description } = header;
    const type = headerType(header, types);
    const doc = docComment([description], { indent: "      " });
    return `${doc}      readonly ${propertyKey(name)}${required ? "" : "?"}: ${type}${
      required ? "" : " | undefined"
    };\n`;
  });
  const optional = headers.every(({ required }) => !required);
  return `    readonly headers${optional ? "?" : ""}: {\n${members.join("")}    };\n`;
}

/** Returns the type of a header. `Set-Cookie` may have several values, and one without a schema is any scalar. */
function headerType({ name, content, schema }: HeaderModel, types: SchemaTypes): string {
  if (content === "json") return schema === undefined ? "unknown" : types.typeOf(schema);
  const type = schema === undefined ? "unknown" : types.typeOf(schema);
  if (type === "unknown") return "string | number | boolean";
  return name.toLowerCase() === "set-cookie" && type === "string" ? "string | readonly string[]" : type;
}
