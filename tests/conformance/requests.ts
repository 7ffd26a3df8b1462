import type { Field, FramedRequest } from "./row.ts";

/** The media type that bodies of a profile have. */
export const JSON_FIELD: Field = ["Content-Type", "application/json"];

/** Asks for a target. */
export function get(target: string, ...fields: readonly Field[]): FramedRequest {
  return { line: `GET ${target}`, fields };
}

/** Creates a profile with a body that is a byte text. */
export function create(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "POST /v1/profiles", fields: [JSON_FIELD, ...fields], body };
}

/** The same with another media type, or with none. */
export function createAs(contentType: string | undefined, body: string): FramedRequest {
  const fields: readonly Field[] = contentType === undefined ? [] : [["Content-Type", contentType]];
  return { line: "POST /v1/profiles", fields, body };
}

/** Replaces the profile that was set up, in the version that it has. */
export function replace(body: string, ...fields: readonly Field[]): FramedRequest {
  return { line: "PUT /v1/profiles/{id}", fields: [["If-Match", "{etag}"], JSON_FIELD, ...fields], body };
}

/** Changes the profile that was set up, in the version that it has. */
export function patch(kind: "merge-patch" | "json-patch", body: string): FramedRequest {
  return {
    line: "PATCH /v1/profiles/{id}",
    fields: [["If-Match", "{etag}"], ["Content-Type", `application/${kind}+json`]],
    body,
  };
}
