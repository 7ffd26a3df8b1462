import { ask, type Client } from "./client.ts";
import type { Row } from "./row.ts";

/** A row that was sent. */
export interface SentRow {
  readonly row: Row;
  /** Target of its request, without placeholders. */
  readonly target: string;
  /** Statuses of its responses. */
  readonly statuses: readonly number[];
}

/**
 * Returns the reason why responses say nothing about what a row is about: its operation is not implemented, needs
 * more than its document requires, or credentials that the run has not. Undefined if they do.
 */
export async function skipReason(
  client: Client,
  { row: { operation, request }, target, statuses: [status] }: SentRow,
): Promise<string | undefined> {
  if (operation === undefined || typeof request === "string" || !("line" in request)) return undefined;
  const name = `${operation.method} ${operation.path}`;
  if (status === 401 && request.isAnonymous !== true && client.fields.length > 0) {
    const sent = client.fields.map(([field]) => field.toLowerCase());
    const isLacking = operation.credentials.length > 0 &&
      operation.credentials.every((fields) => fields.some((field) => !sent.includes(field)));
    const wanted = operation.credentials.map((fields) => fields.join(" and ")).join(", or ");
    return isLacking ? `${name} requires credentials in ${wanted}: use --header` : undefined;
  }
  const isOwn = request.line.startsWith(`${operation.method} `);
  const isHead = request.line.startsWith("HEAD ") && operation.method === "GET";
  if (status === 501 && (isOwn || (isHead && await isOfGet(status)))) {
    return `${name} is not implemented: it responds with 501`;
  }
  // Such as one of several parameters, none of which is required.
  return isHead && (status === 400 || status === 422) && await isOfGet(status)
    ? `${name} needs more than its document requires: it responds with ${status}`
    : undefined;

  async function isOfGet(status: number): Promise<boolean> {
    const response = await ask(client, target);
    await response.body?.cancel();
    return response.status === status;
  }
}
