import type { SchemaAliases } from "../../oapi_codegen/types/schema_aliases.ts";
import { type Located, textMember } from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import { isRange } from "@archway/server/representation/media_type.ts";
import type { SuccessResponse } from "./responses.ts";
import type { Sampler } from "./sampler.ts";

/** Document, and what is derived from it once. */
export interface Planning {
  readonly references: References;
  readonly sampler: Sampler;
  readonly aliases: SchemaAliases;
  /** Whether the default of the property at a pointer is applied to requests. */
  readonly hasDefault: (pointer: string) => boolean;
}

/** Reason why an operation, or a whole collection, gets no handlers. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** Returns a name for comparisons: lower case, letters and digits alone. */
export function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** Returns the generated type of a schema that is a reference to a component; undefined for others. */
export function componentType(schema: Located, { references, aliases }: Planning): string | undefined {
  const ref = textMember(schema.value, "$ref");
  const pointer = ref === undefined ? undefined : references.target(ref, schema.pointer);
  return pointer !== undefined && /^\/components\/schemas\/[^/]+$/.test(pointer)
    ? `api.${aliases.of(pointer)}`
    : undefined;
}

/** Returns the generated type of the body of a response. */
export function responseBodyType({ typeName }: OperationModel, { response, media }: SuccessResponse): string {
  const contentType = response.content.length > 1 && media !== undefined && !isRange(media.mediaType)
    ? `; readonly contentType: ${JSON.stringify(media.mediaType)}`
    : "";
  return `Extract<api.${typeName}Response, { readonly status: ${response.status}${contentType} }>["body"]`;
}

/** Returns the type of a property, which may be optional. */
export function propertyType(type: string, property: string | undefined): string {
  return property === undefined ? type : `NonNullable<${type}[${JSON.stringify(property)}]>`;
}
