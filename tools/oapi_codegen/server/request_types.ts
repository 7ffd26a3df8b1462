import type { ParameterLocation } from "@archway/server/operation.ts";
import { docComment } from "../types/doc_comment.ts";
import { propertyKey } from "../types/identifiers.ts";
import type { MediaModel, OperationModel, ParameterModel } from "../operations/model.ts";
import { isRange } from "@archway/server/representation/media_type.ts";
import type { SchemaTypes } from "../types/schema_types.ts";

const GROUPS: readonly (readonly [ParameterLocation, string])[] = [
  ["path", "path"],
  ["query", "query"],
  ["header", "headers"],
  ["cookie", "cookies"],
];

/** Returns the declaration of an operation's request type, with only the groups and the body it has. */
export function requestType(operation: OperationModel, types: SchemaTypes): string {
  const groups = GROUPS.flatMap(([location, group]) => {
    const members = operation.parameters.filter((parameter) => parameter.in === location);
    if (members.length === 0) return [];
    return [
      `  readonly ${group}: {\n${
        members.map((parameter) => parameterMember(parameter, types)).join("")
      }  };\n`,
    ];
  });
  const bodies = (operation.body?.content ?? []).map((media) =>
    `{ readonly contentType: ${contentTypeOf(media)}; readonly body: ${bodyType(media, types)} }`
  );
  if (operation.body?.required === false) {
    bodies.push("{ readonly contentType?: undefined; readonly body?: undefined }");
  }
  const parts = [
    ...(groups.length === 0 ? [] : [`{\n${groups.join("")}}`]),
    ...(bodies.length === 0 ? [] : [bodies.length === 1 ? bodies[0] : `(\n  | ${bodies.join("\n  | ")}\n)`]),
  ];
  const doc = docComment([
    `Decoded and validated request of {@link StrictServerInterface.${operation.operationId}}.`,
    operation.body?.description,
  ]);
  return `${doc}export type ${operation.typeName}Request = ${parts.join(" & ") || "Record<never, never>"};\n`;
}

function parameterMember(parameter: ParameterModel, types: SchemaTypes): string {
  const optional = !parameter.required && parameter.default === undefined;
  const doc = docComment([parameter.description], { indent: "    ", deprecated: parameter.deprecated });
  return `${doc}    readonly ${propertyKey(parameter.name)}${optional ? "?" : ""}: ${
    types.typeOf(parameter.schema)
  };\n`;
}

/** Returns the type of a body's media type: any type of a range, otherwise exactly that. */
export function contentTypeOf({ mediaType }: MediaModel): string {
  return isRange(mediaType)
    ? "`" + mediaType.split(";", 1)[0]?.replaceAll("`", "\\`").replaceAll("*", "${string}") + "`"
    : JSON.stringify(mediaType);
}

/**
 * Returns the type of a parsed body. It is string for text, Uint8Array for bytes, an iterable of items, a stream, or the
 * type of its schema.
 */
export function bodyType(media: MediaModel, types: SchemaTypes): string {
  if (media.stream === true) return "globalThis.ReadableStream<globalThis.Uint8Array>";
  if (["events", "lines", "sequence"].includes(media.codec)) {
    const item = media.schema === undefined ? "unknown" : types.typeOf(media.schema);
    return `globalThis.AsyncIterable<${item}>`;
  }
  if (media.codec === "binary") return "globalThis.Uint8Array";
  if (media.schema !== undefined) return types.typeOf(media.schema);
  return media.codec === "text" ? "string" : "unknown";
}
