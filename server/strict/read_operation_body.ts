import { decodeBody, decodeJson } from "../body/decode_body.ts";
import { readBody } from "../body/read_body.ts";
import type { Deadlines } from "../request/deadlines.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Operation } from "../operation.ts";
import { MalformedTextError } from "../parameters/percent.ts";
import { Problem } from "../problem.ts";
import type { RequestFaults } from "../problems/request_faults.ts";
import { compileMediaTypes } from "./body_media_type.ts";
import { validateBody } from "./validate_request.ts";

/** A decoded body and its media type, as the document writes it. */
export interface OperationBody {
  readonly contentType: string | undefined;
  readonly body: unknown;
}

const NO_BODY: OperationBody = { contentType: undefined, body: undefined };

/** Reads, decodes and validates the body of an operation; its faults go to the list. */
export type ReadOperationBody = (exchange: Exchange, faults: RequestFaults) => Promise<OperationBody>;

/** Prepares it; undefined for an operation without a body. */
export function compileBody(
  { method, requestBody }: Operation,
  options: { maxBytes: number; deadlines: Deadlines },
): ReadOperationBody | undefined {
  if (requestBody === undefined) return undefined;
  const select = compileMediaTypes(method, requestBody);
  const readOptions = { maxBytes: requestBody.maxBytes ?? options.maxBytes, deadlines: options.deadlines };

  return async function readOperationBody(exchange, faults): Promise<OperationBody> {
    const { contentType, contentEncoding } = exchange.fields;
    if (contentType === null && !hasBody(exchange)) return absent(faults);
    const mediaType = select(contentType, contentEncoding);
    const bytes = await readBody(exchange, readOptions);
    if (bytes.length === 0 && mediaType.codec !== "binary" && mediaType.codec !== "text") {
      return absent(faults);
    }
    try {
      const parsed = mediaType.codec === "json"
        ? decodeJson(bytes)
        : await decodeBody(bytes, mediaType, contentType ?? "");
      validateBody(parsed, mediaType.validate, faults);
      return { contentType: mediaType.mediaType, body: parsed.value };
    } catch (error) {
      if (!(error instanceof MalformedTextError)) throw error;
      faults.addMalformed({ name: "body", in: "body", pointer: "", reason: error.message });
      return NO_BODY;
    }
  };

  function absent(faults: RequestFaults): OperationBody {
    if (requestBody?.required === true) {
      faults.addMalformed({ name: "body", in: "body", pointer: "", reason: "is required" });
    }
    return NO_BODY;
  }
}

/** Refuses the body that an operation without one was sent, when it is too large to be skipped. */
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
