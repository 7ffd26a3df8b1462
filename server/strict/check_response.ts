import type { Operation, StrictResponse } from "../operation.ts";

/** A handler's answer that its document does not declare. The message names the rule, never the value. */
export class ResponseBreachError extends Error {
  override readonly name = "ResponseBreachError";
}

/**
 * Checks an answer against the document, as it will be read by a client. For tests and development.
 * @throws {ResponseBreachError}
 */
export function checkResponse(operation: Operation, answer: StrictResponse): void {
  const where = `The answer of ${operation.operationId} with status ${answer.status}`;
  const declared = operation.responses[String(answer.status)];
  if (declared === undefined) throw new ResponseBreachError(`${where} is not declared`);
  for (const { name, required } of declared.headers) {
    // The server sets this one on every answer.
    if (name.toLowerCase() === "x-request-id" || !required) continue;
    if (answer.headers?.[name] === undefined) {
      throw new ResponseBreachError(`${where} lacks the header ${name}`);
    }
  }
  const known = new Set(declared.headers.map(({ name }) => name.toLowerCase()));
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined && !known.has(name.toLowerCase())) {
      throw new ResponseBreachError(`${where} has the undeclared header ${name}`);
    }
  }
  if (declared.content.length === 0) {
    if (answer.body !== undefined) throw new ResponseBreachError(`${where} has a body but none is declared`);
    return;
  }
  const mediaType = answer.contentType ?? declared.content[0]?.mediaType;
  const content = declared.content.find((candidate) => candidate.mediaType === mediaType);
  if (content === undefined) throw new ResponseBreachError(`${where} has an undeclared media type`);
  if (answer.body === undefined) throw new ResponseBreachError(`${where} lacks its body`);
  if (content.validate === undefined) return;
  const wire: unknown = content.codec === "json" ? JSON.parse(JSON.stringify(answer.body)) : answer.body;
  if (!content.validate(wire)) {
    const [error] = content.validate.errors ?? [];
    const at = error?.instancePath ?? "";
    throw new ResponseBreachError(
      `${where} breaks the schema at "${at}": ${error?.message ?? "is not valid"}`,
    );
  }
}
