import type { JsonValue, Operation, Shape, Validator } from "@archway/server/operation.ts";
import { memberShape } from "@archway/server/parameters/decode_text.ts";
import type { MediaModel, OperationModel, ParameterModel } from "../oapi_codegen/operations/model.ts";
import { isArray, isObject } from "../oapi_codegen/document/json_value.ts";
import type { References } from "../oapi_codegen/document/references.ts";
import { ContradictionError } from "../support/samples/sample_scalar.ts";
import { type SampleChoice, sampleChoices, sampleValue } from "../support/samples/sample_value.ts";
import { serializePairs, serializeText } from "./serialize_parameter.ts";

/** Parts of a request, which wrong requests replace one by one. */
export interface RequestParts {
  readonly path: string;
  /** Encoded pairs by the name of their parameter. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, readonly string[]>;
  readonly contentType: string | undefined;
  readonly body: BodyInit | undefined;
}

/** Operation as the generator reads it, and as the generated code describes it. */
export interface SampledOperation {
  readonly model: OperationModel;
  readonly operation: Operation;
  readonly references: References;
}

const RECORD_OF = { path: "path", query: "query", header: "headers", cookie: "cookies" } as const;

/**
 * Returns the parts of a request that the document allows, as far as the samples of its schemas do.
 *
 * @throws {ContradictionError} if there is none
 */
export function sampleRequest({ model, operation, references }: SampledOperation): RequestParts {
  const values = firstValid(
    (choice) => parameterValues(model.parameters, choice),
    { references, validate: operation.validateParameters, of: (found) => recordsOf(model.parameters, found) },
  );
  const media = model.body?.content[0];
  const body = media === undefined ? undefined : sampleBody(media, { operation, references });
  return requestParts(model, { values, contentType: media && concrete(media.mediaType), body });
}

/** Returns a media type of a range. */
function concrete(mediaType: string): string {
  if (mediaType === "*/*") return "application/octet-stream";
  if (mediaType.includes("/*+")) return mediaType.replace("/*+", "/vnd.example+");
  return mediaType.replace("/*", mediaType.startsWith("image") ? "/png" : "/plain");
}

/** Returns the first sample that the validator accepts, or the first one, which the server will refuse. */
function firstValid<T>(
  sample: (choice: SampleChoice) => T,
  { references, validate, of }: {
    references: References;
    validate: Validator | undefined;
    of: (sampled: T) => unknown;
  },
): T {
  let first: T | undefined;
  let contradiction: ContradictionError | undefined;
  for (const choice of sampleChoices(references)) {
    try {
      const sampled = sample(choice);
      if (validate === undefined || validate(structuredClone(of(sampled)))) return sampled;
      first ??= sampled;
    } catch (error) {
      if (!(error instanceof ContradictionError)) throw error;
      contradiction = error;
    }
  }
  if (contradiction !== undefined) throw contradiction;
  return first ?? sample({ references, examples: false, optional: false, alternative: 0 });
}

type ParameterValues = ReadonlyMap<ParameterModel, JsonValue>;

function parameterValues(parameters: readonly ParameterModel[], choice: SampleChoice): ParameterValues {
  const sent = parameters.filter(({ required }) => required || choice.optional);
  return new Map(sent.map((parameter) => [parameter, parameterValue(parameter, choice)]));
}

function parameterValue({ schema, name, shape }: ParameterModel, choice: SampleChoice): JsonValue {
  if (name.toLowerCase() === "if-match" || name.toLowerCase() === "if-none-match") return '"1"';
  const value = sampleValue(schema, choice);
  // A schema without a type allows any text, and an empty list cannot be written.
  if (isArray(value) && value.length === 0 && shape.kind === "array") {
    return sampleValue(schema, { ...choice, optional: true, examples: false });
  }
  return value;
}

function recordsOf(parameters: readonly ParameterModel[], values: ParameterValues): unknown {
  const records: Record<string, Record<string, JsonValue>> = {
    path: {},
    query: {},
    headers: {},
    cookies: {},
  };
  for (const parameter of parameters) {
    const value = values.get(parameter);
    if (value !== undefined) {
      records[RECORD_OF[parameter.in]] = {
        ...records[RECORD_OF[parameter.in]],
        [parameter.name]: value,
      };
    }
  }
  return records;
}

function requestParts(
  { path, parameters }: OperationModel,
  { values, contentType, body }: {
    values: ParameterValues;
    contentType: string | undefined;
    body: BodyInit | undefined;
  },
): RequestParts {
  const query = new Map<string, readonly string[]>();
  const cookies = new Map<string, readonly string[]>();
  const headers = new Map<string, string>();
  let target = path;
  for (const parameter of parameters) {
    const value = values.get(parameter);
    if (value === undefined) continue;
    const { name } = parameter;
    if (parameter.in === "path") target = target.replace(`{${name}}`, () => serializeText(value, parameter));
    else if (parameter.in === "header") headers.set(name, serializeText(value, parameter));
    else (parameter.in === "query" ? query : cookies).set(name, serializePairs(value, parameter));
  }
  return { path: target, query, headers, cookies, contentType, body };
}

function sampleBody(
  media: MediaModel,
  { operation, references }: { operation: Operation; references: References },
): BodyInit {
  const { schema, codec } = media;
  if (schema === undefined) return codec === "json" ? '"text"' : "text";
  const validate = operation.requestBody?.content.find(({ mediaType }) => mediaType === media.mediaType)
    ?.validate;
  const value = firstValid((choice) => sampleValue(schema, choice), {
    references,
    // The validator of a multipart form expects files, which samples have as text.
    validate: codec === "multipart" ? undefined : validate,
    of: (sampled) => codec === "form" ? withoutEmptyLists(sampled) : sampled,
  });
  if (codec === "json") return JSON.stringify(value);
  const fields = media.shape ?? { kind: "any" };
  if (codec === "form") {
    return formPairs(value, fields).map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
  }
  if (codec === "multipart") return formData(value, fields);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns an object as a form can represent it. */
function withoutEmptyLists(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isArray(item) || item.length > 0));
}

function formPairs(value: JsonValue, fields: Shape): [string, string][] {
  return Object.entries(isObject(value) ? value : {}).flatMap(([name, item]) => {
    const { kind } = itemShape(fields, name);
    return (isArray(item) ? item : [item]).map((part): [string, string] => [
      name,
      typeof part === "string" && kind !== "json" ? part : JSON.stringify(part),
    ]);
  });
}

function formData(value: JsonValue, fields: Shape): FormData {
  const form = new FormData();
  for (const [name, text] of formPairs(value, fields)) {
    const shape = itemShape(fields, name);
    if (shape.kind !== "file") form.append(name, text);
    else form.append(name, new File([text], "a.bin", { type: shape.types?.[0] ?? "" }));
  }
  return form;
}

/** Returns the shape of a field, or of the items of a list. */
function itemShape(fields: Shape, name: string): Shape {
  const shape = memberShape(fields, name);
  return shape.kind === "array" ? shape.items : shape;
}
