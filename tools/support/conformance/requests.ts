import type { Field, FramedRequest } from "./row.ts";

/** The media type of JSON bodies. */
export const JSON_FIELD: Field = ["Content-Type", "application/json"];

/** Asks for a target. */
export function get(target: string, ...fields: readonly Field[]): FramedRequest {
  return { line: `GET ${target}`, fields };
}
