import { requiresIdempotencyKey } from "../idempotency/idempotency_key.ts";
import { jsonText } from "../body/json_text.ts";
import type { Operation, ResponseMediaType, SizedStream, StrictResponse } from "../operation.ts";
import { covers } from "../representation/media_type.ts";
import { isNegotiated, isNotModified, type WriteResponse } from "../representation/response.ts";
import type { Exchange } from "../request/exchange.ts";
import { checkItem } from "../strict/check_response.ts";
import { type ChunkSource, sizedChunks, streamChunks } from "./chunk_source.ts";
import { ItemChunks } from "./item_chunks.ts";
import { eventText, HEARTBEAT } from "./event_text.ts";
import type { OpenStreams } from "./open_streams.ts";

/** Options of the streams of an operation. */
export interface StreamOptions {
  readonly streams: OpenStreams;
  readonly validateResponses: boolean;
  /** Writes the head of a response. */
  readonly writeResponse: WriteResponse;
}

/** Converts the result of a handler to a response if its body is a stream; returns undefined if it is not. */
export type WriteStream = (result: StrictResponse, exchange: Exchange) => Response | undefined;

const encoder = new TextEncoder();
const HEARTBEAT_BYTES = encoder.encode(HEARTBEAT);

/**
 * Prepares the streams of an operation; undefined if its responses are JSON alone.
 *
 * @throws {Error} if the operation requires an `Idempotency-Key` and responds with items.
 */
export function compileStreams(operation: Operation, options: StreamOptions): WriteStream | undefined {
  const { streams, validateResponses, writeResponse } = options;
  const { operationId } = operation;
  const contents = Object.values(operation.responses).flatMap(({ content }) => content);
  if (contents.every(({ codec }) => codec === "json")) return undefined;
  const isKeyed = requiresIdempotencyKey(operation);
  const varies = isNegotiated(operation);
  if (isKeyed && contents.some(({ codec }) => ["events", "lines", "sequence"].includes(codec))) {
    throw unstorable();
  }

  return function writeStream(result, exchange): Response | undefined {
    const { status, body } = result;
    const content = contentOf(operation, result);
    const contentType = result.contentType ?? content?.mediaType;
    if (content === undefined || contentType === undefined || body === undefined) return undefined;
    const source = sourceOf(body, { content, status });
    if (source === undefined) return undefined;
    let head: Response;
    try {
      if (isKeyed) throw unstorable();
      head = writeHead(result, exchange);
    } catch (error) {
      void source.cancel(error);
      throw error;
    }
    const isHead = exchange.method === "HEAD";
    if (head.status === 304 || isHead) {
      void source.cancel(undefined);
      if (head.status === 304) return head;
    }
    const isEvents = content.codec === "events";
    const heartbeat = isEvents ? HEARTBEAT_BYTES : undefined;
    const response = new Response(isHead ? null : streams.open(source, { exchange, status, heartbeat }), {
      status,
      headers: head.headers,
    });
    const { headers } = response;
    headers.set("Content-Type", contentType);
    if (varies) headers.append("Vary", "Accept");
    if (isSized(body)) headers.set("Content-Length", String(body.size));
    else exchange.hasUnknownLength = isHead;
    if (isEvents) {
      headers.set("Cache-Control", "no-cache, no-transform");
      // For proxies that otherwise collect a response before they pass it on.
      headers.set("X-Accel-Buffering", "no");
    }
    return response;
  };

  function unstorable(): Error {
    return new Error(
      `${operationId} requires an Idempotency-Key, but a response that is a stream is not stored`,
    );
  }

  /** Writes the head; 304 also for a part of a representation, since conditions precede ranges (RFC 9110, 13.2.2). */
  function writeHead(result: StrictResponse, exchange: Exchange): Response {
    const etag = result.headers?.["ETag"];
    const isPart = result.status === 206 && typeof etag === "string" && isNotModified(exchange, etag);
    return writeResponse({ ...result, status: isPart ? 200 : result.status, body: undefined }, exchange);
  }

  function sourceOf(
    body: unknown,
    { content, status }: { content: ResponseMediaType; status: number },
  ): ChunkSource | undefined {
    const { codec, data } = content;
    if (codec === "binary" || codec === "text") {
      return body instanceof ReadableStream
        ? streamChunks(body)
        : isSized(body)
        ? sizedChunks(body)
        : undefined;
    }
    if (codec === "json") return undefined;
    if (!isAsyncIterable(body)) {
      throw new TypeError(`The body that ${operationId} returned is no AsyncIterable`);
    }
    const encode = codec === "events"
      ? (item: unknown) => eventText(item, data === "json")
      : codec === "sequence"
      ? (item: unknown) => `\x1e${jsonText(item, content)}\n`
      : (item: unknown) => `${jsonText(item, content)}\n`;
    const isChecked = validateResponses && content.validate !== undefined;
    return new ItemChunks(body, (item) => {
      if (isChecked) checkItem(item, { content, operation: operationId, status });
      return encode(item);
    });
  }
}

/** Returns the declared media type of a result. */
function contentOf(
  { responses }: Operation,
  { status, contentType }: StrictResponse,
): ResponseMediaType | undefined {
  const content = responses[String(status)]?.content;
  if (contentType === undefined) return content?.[0];
  return content?.find(({ mediaType }) => mediaType === contentType) ??
    content?.find(({ mediaType }) => covers(mediaType, contentType));
}

function isSized(body: unknown): body is SizedStream {
  return typeof body === "object" && body !== null && "open" in body && "size" in body;
}

function isAsyncIterable(body: unknown): body is AsyncIterable<unknown> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}
