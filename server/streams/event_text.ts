import { jsonText } from "../body/json_text.ts";

/** Event of a stream (HTML, section 9.2.6), as a handler returns it. */
interface EventFields {
  readonly event?: unknown;
  readonly data?: unknown;
  readonly id?: unknown;
  readonly retry?: unknown;
}

/** Comment that keeps an idle connection open. */
export const HEARTBEAT = ":\n\n";

const LINE_BREAK = /\r\n|\r|\n/;

/**
 * Returns the text of an event. Data that is no text is sent as JSON.
 *
 * @param isJson Whether all data is JSON, texts included.
 * @throws {TypeError} if the event's name or id would end their line.
 */
export function eventText(event: unknown, isJson: boolean): string {
  if (typeof event !== "object" || event === null) throw new TypeError("An event must be an object");
  const fields: EventFields = event;
  let text = "";
  if (fields.event !== undefined) text += `event: ${singleLine("name", fields.event)}\n`;
  if (fields.id !== undefined) text += `id: ${singleLine("id", fields.id)}\n`;
  if (fields.retry !== undefined) text += `retry: ${milliseconds(fields.retry)}\n`;
  const { data } = fields;
  if (data !== undefined) {
    const lines = !isJson && typeof data === "string" ? data.split(LINE_BREAK) : [jsonText(data)];
    for (const line of lines) text += `data: ${line}\n`;
  }
  return `${text}\n`;
}

function singleLine(field: string, value: unknown): string {
  const text = String(value);
  if (/[\r\n\0]/.test(text)) throw new TypeError(`The ${field} of an event must be one line, without U+0000`);
  return text;
}

function milliseconds(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError("The retry time of an event must be a number of milliseconds");
}
