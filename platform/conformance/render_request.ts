import type { Field, FramedRequest, Placeholders, Row } from "./row.ts";

/** Settings that all requests of a run have in common. */
export interface RenderOptions {
  /** The `Host`. */
  readonly host: string;
  /** Sent with every request that has a `Host` behind its request line, e.g. credentials. */
  readonly fields: readonly Field[];
}

/** Returns the byte texts of a row, in the order of sending. */
export function renderRequest(
  { request }: Pick<Row, "request">,
  placeholders: Placeholders,
  options: RenderOptions,
): readonly string[] {
  if (typeof request === "object" && "line" in request) return [renderFramed(request, placeholders, options)];
  const run = options.fields.map(formatField).join("");
  return [request].flat().map((text) =>
    fill(text, { ...placeholders, host: options.host })
      .replaceAll(/ HTTP\/1\.[01]\r\n(?=Host: )/g, (start) => start + run)
  );
}

function renderFramed(request: FramedRequest, placeholders: Placeholders, options: RenderOptions): string {
  const fields = request.fields?.map(([name, value]): Field => [name, fill(value, placeholders)]) ?? [];
  const names = new Set(fields.map(([name]) => name.toLowerCase()));
  const body = request.body === undefined ? undefined : fill(request.body, placeholders);
  const hasLength = body === undefined || names.has("transfer-encoding");
  const added: readonly Field[] = [
    ["Host", options.host],
    ...request.isAnonymous ? [] : options.fields,
    // A text that must not come back is planted in every request, also in those that have no place for it.
    ["User-Agent", placeholders["marker"] ?? ""],
    ["Connection", "close"],
    ...hasLength ? [] : [["Content-Length", String(body.length)] as const],
  ];
  const missing = added.filter(([name]) => !names.has(name.toLowerCase()));
  const lines = [...missing, ...fields].map(formatField).join("");
  return `${fill(request.line, placeholders)} HTTP/1.1\r\n${lines}\r\n${body ?? ""}`;
}

function formatField([name, value]: Field): string {
  return `${name}: ${value}\r\n`;
}

/** Puts the values of placeholders into a text; those that have none stay. */
export function fill(text: string, placeholders: Placeholders): string {
  return text.replaceAll(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name) => placeholders[name] ?? whole);
}
