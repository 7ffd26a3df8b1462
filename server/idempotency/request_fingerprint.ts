import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { DecodedRequest } from "../operation.ts";

/**
 * The SHA-256 of what a request asks for: its operation, path, query and body as they were decoded, so that neither the
 * order of members nor white space makes another request of it. Header fields are no part of it.
 */
export function requestFingerprint(operation: string, request: DecodedRequest): Uint8Array {
  const { path, query, contentType = null, body = null } = request;
  return createHash("sha256").update(canonicalText([operation, path, query, contentType, body])).digest();
}

/** JSON with the members of objects in order of their names; bytes are an object that no JSON value is written as. */
function canonicalText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (value instanceof Uint8Array) return `{${Buffer.from(value).toString("base64")}}`;
  const members = Object.entries(value).sort(([left], [right]) => left < right ? -1 : 1);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(",")}}`;
}
