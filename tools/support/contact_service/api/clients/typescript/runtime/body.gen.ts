// Code generated from tools/oapi_codegen/client/runtime/body.ts; DO NOT EDIT.
/** Form in which the body of a response is read; by its media type if undefined. */
export type ParseAs = "json" | "text" | "blob" | "arrayBuffer" | "stream";

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
/** Sequences of items, which may have no end. */
const STREAM_TYPE =
  /^(?:text\/event-stream|application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|json-seq|[\w.+-]+\+json-seq))\b/i;
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:xml|yaml|jwt)\b)/i;

/** Returns the body of a request as its media type is sent. Members of forms that are lists are repeated. */
export function serializeBody(body: unknown, contentType: string | null): BodyInit {
  if (
    body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body) ||
    body instanceof FormData || body instanceof URLSearchParams || body instanceof ReadableStream
  ) {
    return body instanceof ReadableStream || !ArrayBuffer.isView(body) ? body : bytesOf(body);
  }
  const type = contentType ?? "application/json";
  if (typeof body === "string" && !JSON_TYPE.test(type)) return body;
  if (/^multipart\/form-data\b/i.test(type)) {
    const form = new FormData();
    for (const [name, value] of fieldsOf(body)) {
      if (value instanceof Blob) form.append(name, value);
      else form.append(name, fieldText(value));
    }
    return form;
  }
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return new URLSearchParams(fieldsOf(body).map(([name, value]) => [name, fieldText(value)]));
  }
  return JSON.stringify(body);
}

/** Reads the body of a response. An empty body is undefined. */
export async function readBody(response: Response, parseAs: ParseAs | undefined): Promise<unknown> {
  if (parseAs === "blob") return await response.blob();
  if (parseAs === "arrayBuffer") return await response.arrayBuffer();
  const type = response.headers.get("Content-Type") ?? "";
  if (parseAs === "stream" || (parseAs === undefined && STREAM_TYPE.test(type))) return response.body;
  if (parseAs === "text" || (parseAs === undefined && TEXT_TYPE.test(type))) return await response.text();
  if (parseAs === undefined && type !== "" && !JSON_TYPE.test(type)) return await response.blob();
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): BodyInit {
  const bytes = new Uint8Array(byteLength);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
  return bytes;
}

function fieldsOf(body: unknown): readonly (readonly [string, unknown])[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((item) => item !== undefined).map((item: unknown) =>
      [name, item] as const
    )
  );
}

function fieldText(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
