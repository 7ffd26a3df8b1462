import { receivedCopy, validated } from "../body/json_text.ts";
import type { Operation, ResponseMediaType, StrictResponse, Validator } from "../operation.ts";
import { compileCoverage, isRange, parseMediaType } from "../representation/media_type.ts";
import { schemaErrors } from "./schema_errors.ts";

/** Maximum number of reported schema violations. */
const MAX_VIOLATIONS = 5;

/** Violation of the OpenAPI document by a handler's response. */
export interface ResponseViolation {
  /** operationId, which is the name of the handler. */
  readonly operation: string;
  readonly status: number;
  /** JSON Pointer into the body; absent for violations outside the body. */
  readonly pointer?: string;
  /** Violated rule, without the value. */
  readonly reason: string;
  /** Pointers and reasons of further violations in the same body. */
  readonly further?: string;
}

/** Response of a handler that violates the OpenAPI document. The message never contains its values. */
export class ResponseValidationError extends Error {
  override readonly name = "ResponseValidationError";

  constructor(readonly logFields: ResponseViolation) {
    const { operation, status, pointer, reason } = logFields;
    const place = pointer === undefined ? "" : ` at ${pointer === "" ? "its root" : pointer}`;
    super(
      `The response of ${operation} with status ${status} violates the OpenAPI document${place}: ${reason}`,
    );
  }
}

/**
 * Validates a response against the document in the form in which clients receive it. For tests and development.
 *
 * @throws {ResponseValidationError} if it violates the document.
 */
export function checkResponse(
  { operationId: operation, responses }: Operation,
  response: StrictResponse,
): void {
  const { status } = response;
  const violation = (reason: string): Error => new ResponseValidationError({ operation, status, reason });
  const declared = responses[String(status)];
  if (declared === undefined) throw violation("the status is not declared");
  for (const { name, required } of declared.headers) {
    // The server sets this header on every response.
    if (name.toLowerCase() === "x-request-id" || !required) continue;
    if (response.headers?.[name] === undefined) throw violation(`the header ${name} is missing`);
  }
  const known = new Set(declared.headers.map(({ name }) => name.toLowerCase()));
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    if (value !== undefined && !known.has(name.toLowerCase())) {
      throw violation(`the header ${name} is not declared`);
    }
  }
  if (declared.content.length === 0) {
    if (response.body !== undefined) throw violation("the body is not declared");
    return;
  }
  const mediaType = response.contentType ?? declared.content[0]?.mediaType ?? "";
  const content = declaredContent(declared.content, mediaType);
  if (content === undefined) throw violation(`the media type ${mediaType} is not declared`);
  if (response.body === undefined) throw violation("the body is missing");
  if (content.validate === undefined || isStreamed(content, response.body)) return;
  const body = content.codec === "json" ? receivedCopy(response.body, content) : response.body;
  validate(content.validate, body, { operation, status });
}

/**
 * Validates an item of a streamed response in the form in which clients receive it.
 *
 * @throws {ResponseValidationError} if it violates the document.
 */
export function checkItem(
  item: unknown,
  { content, ...at }: ResponsePlace & { readonly content: ResponseMediaType },
): void {
  validate(content.validate, receivedCopy(item, content), at);
}

/** Operation and status of a response. */
type ResponsePlace = Pick<ResponseViolation, "operation" | "status">;

function validate(validator: Validator | undefined, body: unknown, at: ResponsePlace): void {
  if (validator === undefined || validated(body, validator).isValid) return;
  const [first = { pointer: "", reason: "is not valid" }, ...others] = schemaErrors(validator.errors ?? [])
    .slice(0, MAX_VIOLATIONS);
  const further = others.map(({ pointer, reason }) => `${pointer}: ${reason}`).join("; ");
  throw new ResponseValidationError({ ...at, ...first, ...(further === "" ? {} : { further }) });
}

/** Whether a body is sent while it is produced: its items are validated one by one, and bytes not at all. */
function isStreamed({ codec }: ResponseMediaType, body: unknown): boolean {
  return codec !== "json" && typeof body === "object";
}

/** Returns the declared media type of a body: exactly that, or a range that covers it. */
function declaredContent(
  declared: readonly ResponseMediaType[],
  mediaType: string,
): ResponseMediaType | undefined {
  const parsed = parseMediaType(mediaType);
  return declared.find((candidate) => candidate.mediaType === mediaType) ??
    (parsed === undefined || isRange(parsed.essence) ? undefined : compileCoverage(declared)(parsed));
}
