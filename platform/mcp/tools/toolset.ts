import type { ApiModule } from "@archway/server/api_module.ts";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { JsonObject } from "@archway/service_kit/json_object.ts";
import { OpenApiDocument } from "@archway/service_kit/openapi_document.ts";
import type { McpMode } from "../mcp_config.ts";
import { onlyReads } from "../mcp_routes.ts";
import { type CalledTool, callTool } from "./call_tool.ts";
import { type Tool, toolOf } from "./tool.ts";
import { errorResult } from "./tool_result.ts";

/** Options of {@link Toolset}. */
export interface ToolsetOptions {
  readonly mode: McpMode;
  readonly calls: OperationCalls;
  /** Operations that the requests to the endpoint are authenticated for. */
  readonly isServed: (operationId: string) => boolean;
}

/** Tools of all APIs of a server. */
export class Toolset {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #options: ToolsetOptions;

  constructor(apis: readonly ApiModule[], options: ToolsetOptions) {
    this.#options = options;
    this.#tools = new Map(
      apis.flatMap(({ document: text, routes }) => {
        const document = new OpenApiDocument(text);
        return routes.flatMap(({ operation }) => {
          const written = document.operations.get(operation.operationId);
          const tool = written === undefined || !options.isServed(operation.operationId)
            ? undefined
            : toolOf(operation, { document, written });
          return tool === undefined ? [] : [[tool.definition.name, tool] as const];
        });
      }),
    );
  }

  /** Returns the tools that the sender of a request can call. */
  list(context: RequestContext): readonly Tool[] {
    return [...this.#tools.values()].filter((tool) => this.#isPermitted(tool, context));
  }

  has(name: string): boolean {
    return this.#tools.has(name);
  }

  /** Calls a tool. Undefined if there is none with the name. */
  async call(name: string, input: JsonObject, context: RequestContext): Promise<CalledTool | undefined> {
    const tool = this.#tools.get(name);
    const call = this.#options.calls.get(name);
    if (tool === undefined || call === undefined) return undefined;
    if (!this.#isInMode(tool)) {
      const text = `${name} changes data, which this service does not permit to agents. Do not retry; its ` +
        "operator can permit it with MCP_MODE=write.";
      return { result: errorResult(text), status: undefined };
    }
    return await callTool({ tool, call, input, context }, this.#options);
  }

  #isInMode({ operation }: Tool): boolean {
    return this.#options.mode === "write" || onlyReads(operation);
  }

  #isPermitted(tool: Tool, context: RequestContext): boolean {
    if (!this.#isInMode(tool)) return false;
    try {
      this.#options.calls.get(tool.definition.name)?.authorize(context);
      return true;
    } catch {
      return false;
    }
  }
}
