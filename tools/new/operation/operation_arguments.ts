import { parseFields } from "../field.ts";
import { NewError } from "../usage_error.ts";
import { parseOperationLine } from "./operation_line.ts";
import type { OperationRequest, OperationResponse } from "./plan_operation.ts";

/** Options of `deno task new operation`, as they are written. */
export interface OperationArguments {
  readonly body?: readonly string[];
  readonly response?: readonly string[];
  readonly scope?: string;
  readonly parameter?: readonly string[];
  readonly summary?: string;
}

const SCOPE = /^[a-z][a-z0-9_.-]{0,39}(?::[a-z][a-z0-9_.-]{0,39}){0,3}$/;
const SUMMARY = /^[\p{L}\p{N}\p{P}\p{Zs}]{1,120}$/u;

/**
 * Parses the operation and its options.
 *
 * @param line '<METHOD> <path>', in one argument or two.
 * @throws {NewError} for what is invalid.
 */
export function parseOperation(line: readonly string[], options: OperationArguments): OperationRequest {
  if (line.length === 0) {
    throw new NewError(
      "The operation is missing: deno task new operation <service> '<METHOD> <path>', such as orders " +
        "'POST /v1/orders/{id}:cancel'",
    );
  }
  const { body = [], scope, parameter = [], summary } = options;
  const parsed = parseOperationLine(line.join(" "));
  if (body.length > 0 && ["GET", "DELETE"].includes(parsed.method)) {
    throw new NewError(`${parsed.method} takes no --body; use POST, PUT or PATCH`);
  }
  if (scope !== undefined && !SCOPE.test(scope)) {
    throw new NewError(
      `Invalid --scope ${JSON.stringify(scope)}: expected words in lowercase, such as orders:cancel`,
    );
  }
  if (summary !== undefined && !SUMMARY.test(summary)) {
    throw new NewError("Invalid --summary: expected a line of 1 to 120 letters, digits and punctuation");
  }
  const parameters = parameter.length === 0 ? [] : parseFields(parameter);
  const unused = parameters.find(({ name }) => !parsed.path.includes(`{${name.camel}}`));
  if (unused !== undefined) {
    throw new NewError(`--parameter ${unused.name.camel} is not in the path ${parsed.path}`);
  }
  const other = parameters.find(({ type, isOptional }) => isOptional || type.kind === "money");
  if (other !== undefined) {
    throw new NewError(
      `--parameter ${other.name.camel} cannot be optional or money: it is a part of the path`,
    );
  }
  return {
    ...{ line: parsed, scope, parameters, summary },
    body: body.length === 0 ? [] : parseFields(body),
    response: responseOf(options.response ?? []),
  };
}

function responseOf(texts: readonly string[]): OperationResponse | undefined {
  const [first] = texts;
  if (first === undefined) return undefined;
  if (first !== "resource" && first !== "none") return parseFields(texts);
  if (texts.length === 1) return first;
  throw new NewError(
    `--response ${first} stands alone; expected resource, none, or fields such as total:integer`,
  );
}
