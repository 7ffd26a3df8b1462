import { JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";
import type { Field, FramedRequest } from "@archway/tools/support/conformance/row.ts";

export { get, JSON_FIELD } from "@archway/tools/support/conformance/requests.ts";

/** Creates an item with a body that is a byte text. */
export function create(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "POST {list}", fields: [JSON_FIELD, ...fields], body };
}

/** The same with another media type, or with none. */
export function createAs(contentType: string | undefined, body: string): FramedRequest {
  const fields: readonly Field[] = contentType === undefined ? [] : [["Content-Type", contentType]];
  return { line: "POST {list}", fields, body };
}

/** Replaces the item that was set up, in the version that it has. */
export function replace(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "PUT {list}/{id}", fields: [["If-Match", "{etag}"], JSON_FIELD, ...fields], body };
}

/** Changes the item that was set up, in the version that it has. */
export function patch(kind: "merge-patch" | "json-patch", body: string): FramedRequest {
  return {
    line: "PATCH {list}/{id}",
    fields: [["If-Match", "{etag}"], ["Content-Type", `application/${kind}+json`]],
    body,
  };
}
