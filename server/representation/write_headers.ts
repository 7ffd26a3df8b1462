import type { Operation, ResponseHeader } from "../operation.ts";

/** Writes the header fields of a handler's response. */
export type WriteHeaders = (
  target: Headers,
  values: Readonly<Record<string, unknown>>,
  status: number,
) => void;

/** Prepares the response headers of an operation. */
export function compileHeaders({ responses }: Operation): WriteHeaders {
  const special = new Map<string, ResponseHeader>();
  for (const [status, { headers }] of Object.entries(responses)) {
    for (const header of headers) {
      if (header.content !== undefined || header.explode === true) {
        special.set(`${status} ${header.name.toLowerCase()}`, header);
      }
    }
  }

  function textOf(name: string, value: unknown, status: number): string {
    const header = special.size === 0 ? undefined : special.get(`${status} ${name.toLowerCase()}`);
    if (header?.content === "json") return JSON.stringify(value);
    return typeof value === "object" && value !== null
      ? simpleText(value, header?.explode === true)
      : String(value);
  }

  return function writeHeaders(target, values, status): void {
    for (const name of Object.keys(values)) {
      const value = values[name];
      if (value === undefined || value === null) continue;
      if (typeof value === "string" && special.size === 0) target.set(name, value);
      else if (Array.isArray(value) && name.toLowerCase() === "set-cookie") {
        for (const cookie of value) target.append(name, String(cookie));
      } else target.set(name, textOf(name, value, status));
    }
  };
}

/** Writes a list or an object in the style simple (OpenAPI 3.1, section 4.8.12.4). */
function simpleText(value: object, explode: boolean): string {
  if (Array.isArray(value)) return value.map(String).join(",");
  return Object.entries(value).filter(([, item]) => item !== undefined)
    .map(([name, item]) => explode ? `${name}=${String(item)}` : `${name},${String(item)}`).join(",");
}
