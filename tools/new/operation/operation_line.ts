import { singularOf, spellingsOf } from "../names.ts";
import { NewError } from "../usage_error.ts";

/** Method and path of an operation, such as "POST /v1/orders/{id}:cancel". */
export interface OperationLine {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const SEGMENT =
  /^(?:\{[A-Za-z][A-Za-z0-9_-]{0,39}\}|[A-Za-z0-9_][A-Za-z0-9._~-]{0,39})(?::[a-z][A-Za-z0-9-]{0,39})?$/;
const MAX_LENGTH = 200;

/**
 * Parses "POST /v1/orders/{id}:cancel".
 *
 * @throws {NewError} for another method, or a path of another form.
 */
export function parseOperationLine(text: string): OperationLine {
  const [method = "", path = "", ...rest] = text.trim().split(/\s+/);
  const quoted = JSON.stringify(text);
  if (path === "" || rest.length > 0) {
    throw new NewError(
      `Invalid operation ${quoted}: expected '<METHOD> <path>', such as 'POST /v1/orders/{id}:cancel'`,
    );
  }
  if (!METHODS.includes(method.toUpperCase())) {
    const advice = method.toUpperCase() === "HEAD" ? "; every GET serves HEAD too" : "";
    throw new NewError(
      `Invalid operation ${quoted}: expected one of the methods ${METHODS.join(", ")}${advice}`,
    );
  }
  const segments = path.split("/").slice(1);
  const invalid = segments.find((segment) => !SEGMENT.test(segment));
  if (!path.startsWith("/") || invalid !== undefined || path.length > MAX_LENGTH) {
    const reason = invalid === undefined || invalid === "" ? "" : `; ${JSON.stringify(invalid)} is not valid`;
    throw new NewError(
      `Invalid operation ${quoted}: a path has at most ${MAX_LENGTH} characters and segments of letters, digits, ".", "_", ` +
        `"~" and "-", or {parameters}, with or without ":verb", such as /v1/orders/{id}:cancel${reason}`,
    );
  }
  return { method: method.toUpperCase(), path };
}

/** Returns a path with its parameters replaced by "{}", which two paths of the same form have in common. */
export function formOf(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, "{}");
}

/** Words of methods in operation ids. */
const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  POST: "create",
  PUT: "replace",
  PATCH: "patch",
  DELETE: "delete",
};

/** Returns the operationId of an operation, such as "cancelOrder" or "getOrderItems". */
export function operationIdOf({ method, path }: OperationLine): string {
  const custom = /:([^:/{}]*)$/.exec(path)?.[1];
  const verb = custom ?? (method === "POST" ? verbOf(path) : undefined);
  const words = path.replace(/:[^:/]*$/, "").split("/").slice(1).filter((word) => !/^v\d+$/.test(word));
  // The verb of /orders/{id}/cancel is no noun.
  if (verb !== undefined && custom === undefined) words.pop();
  const nouns = words.flatMap((word, index) => {
    if (word.startsWith("{")) return [];
    const isOne = words[index + 1]?.startsWith("{") ?? (method === "POST" && verb === undefined);
    return [spellingsOf((isOne && singularOf(word) || word).replaceAll(/[._~]/g, "-")).pascal];
  });
  return `${verb === undefined ? VERBS[method] : spellingsOf(verb).camel}${nouns.join("")}`;
}

/** Returns the verb of an operation on one resource: "cancel" of /orders/{id}:cancel and of /orders/{id}/cancel. */
export function verbOf(path: string): string | undefined {
  const [, verb] = /\{[^{}]*\}[:/]([A-Za-z][A-Za-z0-9-]*)$/.exec(path) ?? [];
  // A noun in the plural is a collection below the resource.
  return verb === undefined || singularOf(verb) !== undefined ? undefined : verb;
}
