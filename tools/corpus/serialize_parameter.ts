import type { JsonValue } from "@archway/server/operation.ts";
import type { ParameterModel } from "../oapi_codegen/operations/model.ts";
import { isArray, isObject } from "../oapi_codegen/document/json_value.ts";

/** Description of a parameter's text form. */
export type ParameterForm = Pick<ParameterModel, "name" | "in" | "style" | "explode" | "content">;

/** Encodes a piece of text between delimiters. */
type Encode = (text: string) => string;

/** Returns the text of a path parameter or a header in its style (OpenAPI 3.1, section 4.8.12.4). */
export function serializeText(value: JsonValue, form: ParameterForm): string {
  const encode: Encode = form.in === "path" ? encodeURIComponent : (text) => text;
  const { name, explode } = form;
  if (form.content === "json") return encode(JSON.stringify(value));
  if (form.style === "label") {
    return `.${delimited(value, { delimiter: explode ? "." : ",", explode, encode })}`;
  }
  if (form.style !== "matrix") return delimited(value, { delimiter: ",", explode, encode });
  if (!explode || !isArray(value) && !isObject(value)) {
    return `;${name}=${delimited(value, { delimiter: ",", explode: false, encode })}`;
  }
  const pairs = isArray(value) ? value.map((item) => [name, item] as const) : Object.entries(value);
  return pairs.map(([key, item]) => `;${key}=${encode(scalar(item))}`).join("");
}

/** Returns the pairs `name=value` of a query parameter or a cookie, encoded. */
export function serializePairs(value: JsonValue, form: ParameterForm): readonly string[] {
  const { style, explode, content } = form;
  const encode: Encode = encodeURIComponent;
  const name = encode(form.name);
  if (content === "json") return [`${name}=${encode(JSON.stringify(value))}`];
  if (style === "deepObject" && isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      (isArray(item) ? item : [item]).map((part) =>
        `${encode(`${form.name}[${key}]`)}=${encode(scalar(part))}`
      )
    );
  }
  if (explode && isArray(value)) return value.map((item) => `${name}=${encode(scalar(item))}`);
  if (explode && isObject(value)) {
    return Object.entries(value).map(([key, item]) => `${encode(key)}=${encode(scalar(item))}`);
  }
  const delimiter = style === "spaceDelimited" ? "%20" : style === "pipeDelimited" ? "|" : ",";
  return [`${name}=${delimited(value, { delimiter, explode: false, encode })}`];
}

function delimited(
  value: JsonValue,
  { delimiter, explode, encode }: { delimiter: string; explode: boolean; encode: Encode },
): string {
  if (isArray(value)) return value.map((item) => encode(scalar(item))).join(delimiter);
  if (!isObject(value)) return encode(scalar(value));
  const pairs = Object.entries(value).map(([key, item]) => [encode(key), encode(scalar(item))]);
  return pairs.map((pair) => pair.join(explode ? "=" : delimiter)).join(delimiter);
}

function scalar(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
