import type { Operation, StrictResponse } from "../operation.ts";
import { schemaErrors } from "./schema_errors.ts";

/** How many breaches of a schema are named. */
const MAX_BREACHES = 5;

/** A breach of the OpenAPI document by a handler's response. */
export interface ResponseBreach {
  /** The operation's id, which is the name of its handler. */
  readonly operation: string;
  readonly status: number;
  /** JSON Pointer into the body; absent where it is not the body. */
  readonly pointer?: string;
  /** The rule that is broken, without the value. */
  readonly reason: string;
  /** Pointers and reasons of further breaches of the same body. */
  readonly further?: string;
}

/** A handler's response that its document does not declare. The message names the rule, never the value. */
export class ResponseBreachError extends Error {
  override readonly name = "ResponseBreachError";

  constructor(readonly logFields: ResponseBreach) {
    const { operation, status, pointer, reason } = logFields;
    const place = pointer === undefined ? "" : ` at ${pointer === "" ? "its root" : pointer}`;
    super(`The response of ${operation} with status ${status} breaks its document${place}: ${reason}`);
  }
}

/**
 * Checks a response against the document, as it will be read by a client. For tests and development.
 * @throws {ResponseBreachError}
 */
export function checkResponse(
  { operationId: operation, responses }: Operation,
  answer: StrictResponse,
): void {
  const { status } = answer;
  const breach = (reason: string): Error => new ResponseBreachError({ operation, status, reason });
  const declared = responses[String(status)];
  if (declared === undefined) throw breach("the status is not declared");
  for (const { name, required } of declared.headers) {
    // The server sets this one on every answer.
    if (name.toLowerCase() === "x-request-id" || !required) continue;
    if (answer.headers?.[name] === undefined) throw breach(`the header ${name} is missing`);
  }
  const known = new Set(declared.headers.map(({ name }) => name.toLowerCase()));
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined && !known.has(name.toLowerCase())) {
      throw breach(`the header ${name} is not declared`);
    }
  }
  if (declared.content.length === 0) {
    if (answer.body !== undefined) throw breach("there is a body and none is declared");
    return;
  }
  const mediaType = answer.contentType ?? declared.content[0]?.mediaType;
  const content = declared.content.find((candidate) => candidate.mediaType === mediaType);
  if (content === undefined) throw breach(`the media type ${mediaType} is not declared`);
  if (answer.body === undefined) throw breach("the body is missing");
  if (content.validate === undefined) return;
  const wire: unknown = content.codec === "json" ? JSON.parse(JSON.stringify(answer.body)) : answer.body;
  if (!content.validate(wire)) {
    const [first = { pointer: "", reason: "is not valid" }, ...others] = schemaErrors(
      content.validate.errors ?? [],
    ).slice(0, MAX_BREACHES);
    const further = others.map(({ pointer, reason }) => `${pointer}: ${reason}`).join("; ");
    throw new ResponseBreachError({ operation, status, ...first, ...(further === "" ? {} : { further }) });
  }
}
