import type { Shape } from "@archway/server/operation.ts";
import { memberShape } from "@archway/server/parameters/decode_text.ts";
import { isJsonType, isTextType } from "./binary_schema.ts";
import { fileSchemas } from "./file_schemas.ts";
import { child, entries, type Located, member, textMember } from "../document/json_value.ts";
import { parameterShape } from "../operations/parameter_shape.ts";
import type { References } from "../document/references.ts";

/** Fields of a form. */
export interface FormShape {
  readonly shape: Shape;
  /** Pointers of the schemas of its files. */
  readonly files: readonly string[];
}

/** Media type of a form. */
export interface FormOptions {
  readonly codec: "form" | "multipart";
  readonly references: References;
}

/**
 * Returns the fields of a form with the changes of its `encoding`; undefined if the schema is no object. Adds warnings for
 * encodings without effect.
 */
export function formShape(media: Located, { codec, references }: FormOptions): FormShape | undefined {
  const schema = child(media, "schema");
  if (schema === undefined) return { shape: { kind: "object", properties: {} }, files: [] };
  const shape = parameterShape(schema, references, { fields: codec === "multipart" ? "multipart" : "text" });
  if (shape?.kind !== "object") return undefined;
  const files: string[] = [];
  const properties: Record<string, Shape> = { ...shape.properties };
  for (const [name, encoding] of entries(media, "encoding")) {
    const field = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (field === undefined) {
      references.diagnostics.warn(encoding.pointer, "The form has no such property; the encoding is ignored");
      continue;
    }
    const deep = codec === "multipart" && textMember(encoding.value, "style") === "deepObject"
      ? deepShape(schema, { name, references })
      : undefined;
    properties[name] = deep ?? encodedShape(encoding, { field, codec, references });
  }
  if (codec === "multipart") {
    for (const [name, field] of Object.entries(properties)) {
      const item = field.kind === "array" ? field.items : field;
      if (item.kind !== "file") continue;
      files.push(...fileSchemas(schema, { name, references }));
    }
  }
  return { shape: { ...shape, properties }, files };
}

/** Returns the shape of a property that is sent as `name[member]`; undefined if it has no members. */
function deepShape(
  schema: Located,
  { name, references }: { readonly name: string; readonly references: References },
): Shape | undefined {
  const shape = parameterShape(schema, references);
  const field = shape === undefined ? undefined : memberShape(shape, name);
  return field?.kind === "object" ? field : undefined;
}

/** Returns the shape of a field with its encoding. */
function encodedShape(
  encoding: Located,
  { field, codec, references }: FormOptions & { readonly field: Shape },
): Shape {
  const { diagnostics } = references;
  if (member(encoding.value, "headers") !== undefined) {
    diagnostics.warn(`${encoding.pointer}/headers`, "Headers of parts are ignored");
  }
  const contentType = textMember(encoding.value, "contentType");
  const types = contentType?.split(",").map((type) => type.split(";", 1)[0]?.trim().toLowerCase() ?? "") ??
    [];
  const item = field.kind === "array" ? field.items : field;
  const encoded = types.length === 0 ? item : itemShape(item, { types, codec });
  if (encoded === undefined) {
    diagnostics.warn(
      `${encoding.pointer}/contentType`,
      `The field is read as ${
        item.kind === "json" || item.kind === "object" ? "JSON" : "text"
      }, not as this type`,
    );
  }
  const shape: Shape = field.kind === "array" ? { ...field, items: encoded ?? item } : encoded ?? item;
  return codec === "form"
    ? styledShape(shape, { encoding, references })
    : warnOfStyle(shape, { encoding, references });
}

/** Returns the shape of a field, or of an item of a list, with a content type; undefined if it has no effect. */
function itemShape(
  item: Shape,
  { types, codec }: { types: readonly string[]; codec: FormOptions["codec"] },
): Shape | undefined {
  if (types.every(isJsonType)) return item.kind === "file" ? undefined : { kind: "json" };
  const isScalarText = item.kind === "string" || item.kind === "any";
  if (codec === "form") return undefined;
  const isFile = item.kind === "file" ||
    isScalarText && !types.some((type) => isTextType(type) || isJsonType(type));
  if (!isFile) return item.kind === "json" || item.kind === "object" ? undefined : item;
  const isAny = types.some((type) => type === "*/*" || type === "application/octet-stream");
  return isAny ? { kind: "file" } : { kind: "file", types };
}

/** Applies the style of a field of a url-encoded form, which is that of a query parameter. */
function styledShape(
  shape: Shape,
  { encoding, references }: { readonly encoding: Located; readonly references: References },
): Shape {
  const style = textMember(encoding.value, "style") ?? "form";
  const explode = member(encoding.value, "explode") ?? (style === "form" || style === "deepObject");
  const delimiter = style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",";
  if (shape.kind === "array" && style !== "deepObject" && explode === false) return { ...shape, delimiter };
  if (shape.kind === "object" && textMember(encoding.value, "style") === "form") {
    references.diagnostics.warn(
      `${encoding.pointer}/style`,
      "The members of an object are read as name[member]=value, or the object as JSON",
    );
  }
  return shape;
}

function warnOfStyle(
  shape: Shape,
  { encoding, references }: { readonly encoding: Located; readonly references: References },
): Shape {
  for (const name of ["style", "explode"]) {
    if (member(encoding.value, name) === undefined) continue;
    references.diagnostics.warn(
      `${encoding.pointer}/${name}`,
      "Styles do not apply to multipart forms: lists are repeated parts, objects are parts of JSON",
    );
  }
  return shape;
}
