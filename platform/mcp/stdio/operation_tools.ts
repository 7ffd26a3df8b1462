import {
  type CallToolResult,
  type ListToolsResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { CommandProgram } from "@archway/service_kit/command_program.ts";
import type { JsonObject } from "@archway/service_kit/json_object.ts";
import { MCP_PATH } from "../mcp_routes.ts";
import { errorResult, resultForSdk } from "../tools/tool_result.ts";

/** Response to a message: a result or an error of JSON-RPC, or a problem of HTTP. */
interface Reply<Result> {
  readonly result?: Result;
  readonly error?: { readonly code: number; readonly message: string };
  readonly title?: string;
  readonly detail?: string;
  readonly status?: number;
}

/** Tools of the operations, by requests to the program's own endpoint, so that all of its rules hold. */
export class OperationTools {
  readonly #program: Pick<CommandProgram, "send" | "servedBy">;
  readonly #authorize: () => Promise<string | undefined>;

  constructor(
    program: Pick<CommandProgram, "send" | "servedBy">,
    authorize: () => Promise<string | undefined>,
  ) {
    this.#program = program;
    this.#authorize = authorize;
  }

  /** Returns the tools that the caller can call; none if the endpoint refuses it. */
  async list(signal: AbortSignal): Promise<ListToolsResult["tools"]> {
    const { result } = await this.#send<ListToolsResult>("tools/list", { params: {}, signal });
    return result?.tools ?? [];
  }

  /**
   * Calls a tool. A refused request is an error that says what to do.
   *
   * @throws {ProtocolError} if the endpoint responds with an error of the protocol.
   */
  async call(
    name: string,
    { input, signal }: { readonly input: JsonObject; readonly signal: AbortSignal },
  ): Promise<CallToolResult> {
    const params = { name, arguments: input };
    const reply = await this.#send<CallToolResult>("tools/call", { params, signal });
    if (reply.result !== undefined) return reply.result;
    if (reply.error !== undefined) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, reply.error.message);
    }
    return resultForSdk(errorResult(this.#refusalOf(reply)));
  }

  /** Returns the reason why the endpoint refuses all calls, and what to do; undefined if it does not. */
  async refusal(signal: AbortSignal): Promise<string | undefined> {
    const reply = await this.#send<ListToolsResult>("tools/list", { params: {}, signal });
    return reply.result === undefined ? this.#refusalOf(reply) : undefined;
  }

  #refusalOf({ title, detail, status }: Reply<unknown>): string {
    const advice = status === 401
      ? "Set MCP_TOKEN to an access token or API key."
      : status === 404 && this.#program.servedBy !== undefined
      ? `The program at ${this.#program.servedBy} serves no agents: start it with MCP_MODE=read or write.`
      : undefined;
    return [`${title} (${status})`, detail, advice].filter((part) => part !== undefined)
      .map((part) => part.endsWith(".") ? part : `${part}.`).join(" ");
  }

  async #send<Result>(
    method: string,
    { params, signal }: { readonly params: JsonObject; readonly signal: AbortSignal },
  ): Promise<Reply<Result>> {
    const token = await this.#authorize();
    const response = await this.#program.send(
      new Request(`http://127.0.0.1${MCP_PATH}`, {
        method: "POST",
        headers: {
          Accept: "application/json, text/event-stream",
          "Content-Type": "application/json",
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal,
      }),
    );
    return await response.json();
  }
}
