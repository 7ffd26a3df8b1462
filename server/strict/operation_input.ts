import { decodeBody, decodeJson, readBody } from "../body/read_body.ts";
import { validated } from "../body/json_text.ts";
import { readItems } from "../body/read_items.ts";
import { INEXACT_REASON } from "../body/unstorable.ts";
import type { ParsedJson } from "../body/json.ts";
import type { Operation, RequestMediaType, Validator } from "../operation.ts";
import type { Parameters } from "../parameters/decode_parameters.ts";
import { MalformedTextError } from "../parameters/decode_text.ts";
import { Problem } from "../problem.ts";
import type { RequestErrors } from "../problems/request_errors.ts";
import { lastStep, pointerSteps } from "../representation/json_pointer.ts";
import { isRange, parseMediaType } from "../representation/media_type.ts";
import type { Deadlines } from "../request/deadlines.ts";
import type { Exchange } from "../request/exchange.ts";
import type { OpenStreams } from "../streams/open_streams.ts";
import { compileMediaTypes } from "./body_media_type.ts";
import { type SchemaError, schemaErrors } from "./schema_errors.ts";

/** Decoded body and its media type as in the document. */
export interface OperationBody {
  readonly contentType: string | undefined;
  readonly body: unknown;
}

const NO_BODY: OperationBody = { contentType: undefined, body: undefined };

/** Reads, decodes and validates the body of an operation, and adds its errors. */
export type ReadOperationBody = (exchange: Exchange, errors: RequestErrors) => Promise<OperationBody>;

/** Options of the reading of bodies. */
export interface BodyOptions {
  readonly maxBytes: number;
  readonly deadlines: Deadlines;
  readonly streams: OpenStreams;
}

/** Whether a handler reads a body of this type while it arrives. */
export function isStreamed({ codec, stream }: RequestMediaType): boolean {
  return stream === true || codec === "lines" || codec === "sequence";
}

/** Prepares the reading of an operation's body; undefined for an operation without one. */
export function compileBody(
  { method, requestBody }: Operation,
  { maxBytes, deadlines, streams }: BodyOptions,
): ReadOperationBody | undefined {
  if (requestBody === undefined) return undefined;
  const select = compileMediaTypes(method, requestBody);
  const readOptions = { maxBytes: requestBody.maxBytes ?? maxBytes, deadlines };
  const maxItemBytes = Math.min(readOptions.maxBytes, maxBytes);

  return async function readOperationBody(exchange, errors): Promise<OperationBody> {
    const { contentType, contentEncoding } = exchange.fields;
    if (contentType === null && !hasBody(exchange)) return absent(errors);
    const mediaType = select(contentType, contentEncoding);
    if (mediaType.codec !== "json" && isStreamed(mediaType)) {
      const body = openStream(exchange, mediaType);
      return { contentType: concreteType(mediaType.mediaType, contentType), body };
    }
    const bytes = await readBody(exchange, readOptions);
    if (bytes.length === 0 && mediaType.codec !== "binary" && mediaType.codec !== "text") {
      return absent(errors);
    }
    try {
      const parsed = mediaType.codec === "json"
        ? decodeJson(bytes, mediaType)
        : await decodeBody(bytes, mediaType, contentType ?? "");
      const body = validateBody(parsed, mediaType, errors);
      return { contentType: concreteType(mediaType.mediaType, contentType), body };
    } catch (error) {
      if (!(error instanceof MalformedTextError)) throw error;
      errors.addMalformed({ name: "body", in: "body", pointer: "", reason: error.message });
      return NO_BODY;
    }
  };

  function openStream(
    exchange: Exchange,
    { codec, validate, int64 }: RequestMediaType,
  ): AsyncIterable<unknown> {
    const stream = streams.receive(exchange, readOptions);
    return codec === "lines" || codec === "sequence"
      ? readItems(stream, { codec, validate, int64, maxItemBytes })
      : stream;
  }

  function absent(errors: RequestErrors): OperationBody {
    if (requestBody?.required === true) {
      errors.addMalformed({ name: "body", in: "body", pointer: "", reason: "is required" });
    }
    return NO_BODY;
  }
}

/** Returns the declared media type, or the one that was sent if it is a range. */
function concreteType(declared: string, sent: string | null): string {
  if (!isRange(declared) || sent === null) return declared;
  return parseMediaType(sent)?.essence ?? declared;
}

/** Rejects a body that the operation ignores but that is too large to be skipped. */
export function checkUnusedBody({ fields }: Exchange, maxBytes: number): void {
  if (fields.contentLength === null || Number(fields.contentLength) <= maxBytes) return;
  throw new Problem(413, "content-too-large", {
    detail: `The body is larger than ${maxBytes} bytes`,
    headers: { Connection: "close" },
  });
}

function hasBody({ fields, request }: Exchange): boolean {
  if (fields.contentLength !== null) return fields.contentLength !== "0";
  return request.body !== null && (request.headers.has("transfer-encoding") || !request.headers.has("host"));
}

const LOCATION_OF = { path: "path", query: "query", headers: "header", cookies: "cookie" } as const;

/** Validates decoded parameters, except those that already have an error. */
export function validateParameters(
  parameters: Parameters,
  validate: Validator | undefined,
  errors: RequestErrors,
): void {
  if (validate === undefined || validate(parameters)) return;
  for (const { pointer, reason } of schemaErrors(validate.errors ?? [])) {
    const [, record = "", name = "", ...inner] = pointer.split("/");
    const location = isRecord(record) ? LOCATION_OF[record] : "query";
    const parameter = lastStep(`/${name}`) ?? name;
    if (errors.has(location, parameter)) continue;
    const exact = inexactReason(valueAt(parameters, pointer), reason) ?? reason;
    const reasonInside = inner.length === 0 ? exact : `at /${inner.join("/")}: ${exact}`;
    errors.addMalformed({ name: parameter, in: location, reason: reasonInside });
  }
}

/** Returns the reason why a text that is an integer is none for its schema: a double would change it. */
function inexactReason(value: unknown, reason: string): string | undefined {
  if (typeof value !== "string" || !/^must be an? (?:integer|number)\b/.test(reason)) return undefined;
  const isInexact = /^-?[1-9][0-9]*$/.test(value) && !Number.isSafeInteger(Number(value));
  return isInexact ? INEXACT_REASON : undefined;
}

function valueAt(root: unknown, pointer: string): unknown {
  return pointerSteps(pointer).reduce(
    (value, step) => typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined,
    root,
  );
}

/**
 * Validates a decoded body, and returns it with 64-bit integers of their type. Errors of the decoder come first and replace
 * those of the schema for the same values.
 */
export function validateBody(
  { value, errors: found }: ParsedJson,
  { codec, validate, int64 }: RequestMediaType,
  errors: RequestErrors,
): unknown {
  for (const error of found) addBodyError(error, errors);
  if (validate === undefined) return value;
  const result = int64 === undefined ? { isValid: validate(value), value } : validated(value, validate);
  if (result.isValid) return result.value;
  const named = new Set(found.map(({ pointer }) => pointer));
  for (const error of schemaErrors(validate.errors ?? [])) {
    if (named.has(error.pointer)) continue;
    // A form has texts where a double would change an integer; in JSON they are found before.
    const exact = codec === "json" ? undefined : inexactReason(valueAt(value, error.pointer), error.reason);
    addBodyError({ ...error, reason: exact ?? error.reason }, errors);
  }
  return value;
}

function addBodyError({ pointer, reason }: SchemaError, errors: RequestErrors): void {
  errors.addInvalid({ name: lastStep(pointer) ?? "body", in: "body", pointer, reason });
}

function isRecord(name: string): name is keyof typeof LOCATION_OF {
  return Object.hasOwn(LOCATION_OF, name);
}
