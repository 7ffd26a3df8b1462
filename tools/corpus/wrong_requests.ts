import type { ParameterModel } from "../oapi_codegen/operations/model.ts";
import type { RequestParts, SampledOperation } from "./sample_request.ts";

/** Request that the document forbids, and the response that the server has to send. */
export interface WrongRequest {
  /** Fault of the request, e.g. "missing credentials". */
  readonly fault: string;
  readonly parts: RequestParts;
  /** Whether credentials are left out. @default false */
  readonly anonymous?: boolean;
  readonly statuses: readonly number[];
}

/** Returns requests with one fault each: all kinds that the operation can have. */
export function wrongRequests(
  { model, operation }: SampledOperation,
  parts: RequestParts,
): readonly WrongRequest[] {
  const found: WrongRequest[] = [];
  const typed = model.parameters.find(isTyped);
  if (typed !== undefined) {
    const wrong = withParameter(parts, { parameter: typed, text: "not-a-value", path: model.path });
    if (wrong !== undefined) found.push({ fault: "wrong parameter type", parts: wrong, statuses: [400] });
  }
  const required = model.parameters.find((parameter) =>
    parameter.required && parameter.default === undefined && parameter.in !== "path"
  );
  if (required !== undefined) {
    const isPrecondition = required.name.toLowerCase() === "if-match";
    found.push({
      fault: "missing required parameter",
      parts: withoutParameter(parts, required),
      statuses: isPrecondition ? [428] : [400],
    });
  }
  if (!model.parameters.some(acceptsAnyName)) {
    const query = new Map([...parts.query, ["archway-unknown", ["archway-unknown=1"]]]);
    found.push({ fault: "unknown query parameter", parts: { ...parts, query }, statuses: [400] });
  }
  found.push(...wrongBodies({ model, operation }, parts));
  if (operation.security.length > 0 && operation.security.every((schemes) => schemes.length > 0)) {
    found.push({ fault: "missing credentials", parts, anonymous: true, statuses: [401] });
  }
  return found;
}

function isTyped({ shape, style, in: location }: ParameterModel): boolean {
  return ["integer", "number", "boolean"].includes(shape.kind) && location !== "cookie" &&
    (style === "simple" || style === "form");
}

/** Whether the parameter takes query parameters of any name. */
function acceptsAnyName({ in: location, shape, style, explode }: ParameterModel): boolean {
  return location === "query" && shape.kind === "object" && shape.additional !== undefined &&
    style === "form" && explode;
}

function withParameter(
  parts: RequestParts,
  { parameter, text, path }: { parameter: ParameterModel; text: string; path: string },
): RequestParts | undefined {
  const { name } = parameter;
  if (parameter.in === "query") {
    return { ...parts, query: new Map([...parts.query, [name, [`${encodeURIComponent(name)}=${text}`]]]) };
  }
  if (parameter.in === "header") return { ...parts, headers: new Map([...parts.headers, [name, text]]) };
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, variable]) => variable);
  const source = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{[^{}]*\}/g, "(.+?)");
  const values = new RegExp(`^${source}$`).exec(parts.path)?.slice(1);
  if (values === undefined) return undefined;
  let index = 0;
  return {
    ...parts,
    path: path.replaceAll(
      /\{[^{}]*\}/g,
      () => variables[index] === name ? (index++, text) : values[index++] ?? "",
    ),
  };
}

function withoutParameter(parts: RequestParts, { name, in: location }: ParameterModel): RequestParts {
  if (location === "header") return { ...parts, headers: without(parts.headers, name) };
  if (location === "cookie") return { ...parts, cookies: without(parts.cookies, name) };
  return { ...parts, query: without(parts.query, name) };
}

function without<T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> {
  return new Map([...map].filter(([key]) => key !== name));
}

function wrongBodies(
  { model, operation }: Pick<SampledOperation, "model" | "operation">,
  parts: RequestParts,
): readonly WrongRequest[] {
  const found: WrongRequest[] = [];
  const media = operation.requestBody?.content[0];
  if (media === undefined || parts.body === undefined) return found;
  const { validate } = media;
  if (media.codec === "json") {
    const invalid = [[], {}, "text", 0, true, null].find((value) => validate?.(value) === false);
    if (invalid !== undefined) {
      found.push({
        fault: "invalid body",
        parts: { ...parts, body: JSON.stringify(invalid) },
        statuses: [422],
      });
    }
    found.push({ fault: "malformed body", parts: { ...parts, body: '{"a":' }, statuses: [400] });
  } else if (media.codec === "form" && validate?.({}) === false) {
    found.push({ fault: "invalid body", parts: { ...parts, body: "archway-unknown=1" }, statuses: [422] });
  }
  if (!operation.requestBody?.content.some(({ mediaType }) => mediaType === "*/*")) {
    const contentType = "application/x-archway-unknown";
    found.push({
      fault: "undeclared media type",
      parts: { ...parts, contentType, body: "a" },
      statuses: [415],
    });
  }
  if (model.body?.required === true && !["binary", "text"].includes(media.codec)) {
    found.push({
      fault: "missing body",
      parts: { ...parts, body: undefined, contentType: undefined },
      statuses: [400],
    });
  }
  return found;
}
