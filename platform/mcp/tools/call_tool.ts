import type {
  CallInput,
  CallResult,
  OperationCall,
  OperationCalls,
} from "@archway/server/operation_calls.ts";
import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import { isObject, type JsonObject, textOf } from "@archway/service_kit/json_object.ts";
import { BODY, IF_MATCH, KEY, type Tool, type ToolParameter } from "./tool.ts";
import { errorResult, problemResult, successResult, type ToolResult } from "./tool_result.ts";

/** Call of a tool. */
export interface ToolCall {
  readonly tool: Tool;
  readonly call: OperationCall;
  readonly input: JsonObject;
  readonly context: RequestContext;
}

/** Outcome of a call, for the log: the status of the operation, or undefined if it was not called. */
export interface CalledTool {
  readonly result: ToolResult;
  readonly status: number | undefined;
}

/** Calls the operation of a tool for the sender of a request. Never rejects: every error is a result. */
export async function callTool(
  { tool, call, input, context }: ToolCall,
  { calls }: { readonly calls: OperationCalls },
): Promise<CalledTool> {
  const unknown = Object.keys(input).filter((name) => !tool.argumentNames.has(name));
  if (unknown.length > 0) {
    const known = [...tool.argumentNames];
    const text = `Unknown arguments: ${unknown.map((name) => JSON.stringify(name)).join(", ")}. ` +
      `${tool.definition.name} takes ${known.length === 0 ? "none" : known.join(", ")}.`;
    return { result: errorResult(text), status: undefined };
  }
  const key = tool.takesKey ? textOf(input[KEY]) ?? crypto.randomUUID() : undefined;
  try {
    call.authorize(context);
    checkVersion(tool, input);
    checkSize(tool, input[BODY]);
    const result = await call.call(callInput(tool, input, key), context);
    return { result: successResult(tool.definition.name, exactly(tool, result), key), status: result.status };
  } catch (error) {
    const refused = calls.problemOf(error, context);
    const result = problemResult(refused, { key, argumentOf: (field) => argumentFor(tool, field) });
    return { result, status: refused.problem.status };
  }
}

function callInput(tool: Tool, input: JsonObject, key: string | undefined): CallInput {
  const places: Readonly<Record<ToolParameter["in"], Record<string, unknown>>> = {
    ...{ path: {}, query: {}, header: {} },
  };
  for (const [argument, { name, in: place }] of tool.parameters) {
    const value = argument === KEY ? key : input[argument];
    if (value !== undefined) places[place][name] = value;
  }
  const { path, query, header: headers } = places;
  return {
    ...{ path, query, headers },
    ...(tool.contentType !== undefined && { contentType: tool.contentType, body: input[BODY] }),
  };
}

/** Returns the name of the argument for a header field, which it sends. */
function argumentFor({ parameters }: Tool, field: string): string {
  const lower = field.toLowerCase();
  const [argument = field] = [...parameters].find(([, { name }]) => name.toLowerCase() === lower) ?? [];
  return argument;
}

/** @throws {Problem} 428 for a change without the version that it is of, as HTTP has it. */
function checkVersion({ operation, parameters }: Tool, input: JsonObject): void {
  if (input[IF_MATCH] !== undefined || !parameters.has(IF_MATCH)) return;
  const isRequired = operation.parameters.some(({ name, required }) => required && /^if-match$/i.test(name));
  if (!isRequired) return;
  throw new Problem(428, "precondition-required", {
    detail: `The argument ${IF_MATCH} is missing: the etag of the resource`,
  });
}

/** @throws {Problem} 413 for a body that is larger than the operation permits. */
function checkSize({ operation }: Tool, body: unknown): void {
  const limit = operation.requestBody?.maxBytes;
  if (limit === undefined || body === undefined) return;
  if (new TextEncoder().encode(JSON.stringify(body)).length <= limit) return;
  throw new Problem(413, "content-too-large", { detail: `The body may have at most ${limit} bytes` });
}

/** Returns a result with 64-bit integers as numbers; as texts if a number is not exact. */
function exactly({ operation }: Tool, result: CallResult): CallResult {
  const contents = operation.responses[String(result.status)]?.content ?? [];
  return contents.some(({ int64 }) => int64 !== undefined)
    ? { ...result, body: withoutBigIntegers(result.body) }
    : result;
}

function withoutBigIntegers(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Array.isArray(value)) return value.map(withoutBigIntegers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutBigIntegers(one)]));
}
