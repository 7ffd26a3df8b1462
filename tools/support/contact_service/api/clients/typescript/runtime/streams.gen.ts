// Code generated from tools/oapi_codegen/client/runtime/streams.ts; DO NOT EDIT.
import { ConnectionError } from "./problem_error.gen.ts";

/** Event of a stream (HTML, section 9.2). */
export interface ServerEvent {
  /** Name of the event; "message" if it has none. */
  readonly event: string;
  readonly data: string;
  /** Last id that the stream had, for the header `Last-Event-ID` of the next request; undefined before the first. */
  readonly id: string | undefined;
  /** Time to wait before the next request that the stream last asked for, in milliseconds. */
  readonly retryMs: number | undefined;
}

/**
 * Yields the events of a response with `text/event-stream`, read as a stream. Ending the iteration ends the response.
 *
 * @throws {ConnectionError} if the response breaks off
 */
export async function* readEvents(
  stream: ReadableStream<Uint8Array> | null,
): AsyncGenerator<ServerEvent, void, undefined> {
  let event = "";
  let data: string[] = [];
  let id: string | undefined;
  let retryMs: number | undefined;
  for await (const line of readLines(stream)) {
    if (line === "") {
      if (data.length > 0) yield { event: event || "message", data: data.join("\n"), id, retryMs };
      event = "";
      data = [];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) retryMs = Number(value);
  }
}

/**
 * Yields the items of a response with JSON Lines, NDJSON or `application/json-seq`, read as a stream. Ending the iteration
 * ends the response.
 *
 * @throws {ConnectionError} if the response breaks off
 * @throws {SyntaxError} if an item is not JSON
 */
export async function* readItems<Item>(
  stream: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Item, void, undefined> {
  // Text of a record of a sequence, which may have several lines.
  let record: string | undefined;
  for await (const line of readLines(stream)) {
    if (line.startsWith(RECORD_SEPARATOR)) {
      if (record !== undefined) yield JSON.parse(record);
      record = line.slice(1);
    } else if (record !== undefined) record += `\n${line}`;
    else if (line.trim() !== "") yield JSON.parse(line);
    if (record !== undefined && isJson(record)) {
      yield JSON.parse(record);
      record = undefined;
    }
  }
  if (record !== undefined && record.trim() !== "") yield JSON.parse(record);
}

const RECORD_SEPARATOR = "\x1e";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Yields the lines of a stream, without their ends; none without a body. */
async function* readLines(
  stream: ReadableStream<Uint8Array> | null,
): AsyncGenerator<string, void, undefined> {
  if (stream === null) return;
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await reader.read().catch(throwConnectionError);
      rest += decoder.decode(value, { stream: !done });
      // A line feed may follow in the next chunk.
      const end = rest.length - (!done && rest.endsWith("\r") ? 1 : 0);
      const lines = rest.slice(0, end).split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? "") + rest.slice(end);
      yield* lines;
      if (done) break;
    }
    if (rest !== "") yield rest;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function throwConnectionError(error: unknown): never {
  throw new ConnectionError(error);
}
