import type { Field, FramedRequest, Row } from "./row.ts";

/** Values of placeholders, by their names without braces. */
export type Placeholders = Readonly<Record<string, string>>;

/** Settings that all requests of a run have in common. */
export interface RenderOptions {
  /** The `Host`. */
  readonly host: string;
  /** Sent with every request that has a `Host` behind its request line, e.g. credentials. */
  readonly fields: readonly Field[];
}

/** The byte texts of a row, in the order of sending. */
export function renderRequest(
  { request }: Row,
  placeholders: Placeholders,
  options: RenderOptions,
): readonly string[] {
  if (typeof request === "string") return [renderRaw(request, placeholders, options)];
  if ("line" in request) return [renderFramed(request, placeholders, options)];
  return request.map((piece) => renderRaw(piece, placeholders, options));
}

function renderFramed(request: FramedRequest, placeholders: Placeholders, options: RenderOptions): string {
  const fields = request.fields?.map(([name, value]): Field => [name, fill(value, placeholders)]) ?? [];
  const names = new Set(fields.map(([name]) => name.toLowerCase()));
  const body = request.body === undefined ? undefined : fill(request.body, placeholders);
  const added: Field[] = [];
  if (!names.has("host")) added.push(["Host", options.host]);
  const run = request.isAnonymous ? [] : options.fields;
  added.push(...run.filter(([name]) => !names.has(name.toLowerCase())));
  // Something that must not come back is planted in every request, also in those that have no place for it.
  if (!names.has("user-agent")) added.push(["User-Agent", placeholders["marker"] ?? ""]);
  if (!names.has("connection")) added.push(["Connection", "close"]);
  if (body !== undefined && !names.has("content-length") && !names.has("transfer-encoding")) {
    added.push(["Content-Length", String(body.length)]);
  }
  const lines = [...added, ...fields].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${fill(request.line, placeholders)} HTTP/1.1\r\n${lines}\r\n${body ?? ""}`;
}

function renderRaw(text: string, placeholders: Placeholders, { host, fields }: RenderOptions): string {
  const own = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return fill(text, { ...placeholders, host }).replaceAll(
    / HTTP\/1\.[01]\r\n(?=Host: )/g,
    (start) => start + own,
  );
}

/** Puts the values of placeholders into a text; those that have none stay. */
export function fill(text: string, placeholders: Placeholders): string {
  return text.replaceAll(/\{([A-Za-z_]+)\}/g, (whole, name) => placeholders[name] ?? whole);
}
