import type { ApiModule } from "../api_module.ts";
import type { CallProblem, OperationCall, OperationCalls } from "../operation_calls.ts";
import type { Exchange } from "../request/exchange.ts";
import type { RequestContext } from "../request_context.ts";
import { exchangeOf, RefusedCall } from "./compile_call.ts";

/** Options of {@link connectModules}. */
export interface ConnectOptions {
  readonly isAuthenticated: boolean;
  /** Converts an error to a response with a problem, and logs it if it is a failure of the server. */
  readonly recover: (error: unknown, exchange: Exchange) => Response;
}

/** Passes the operations of all modules to those that call them. */
export function connectModules(
  modules: readonly ApiModule[],
  calls: readonly OperationCall[],
  { isAuthenticated, recover }: ConnectOptions,
): void {
  if (modules.every(({ connect }) => connect === undefined)) return;
  const byId = new Map(calls.map((call) => [call.operation.operationId, call]));
  const operations: OperationCalls = {
    isAuthenticated,
    get: (operationId) => byId.get(operationId),
    nameOperation(context, name): void {
      exchangeOf(context).operationName = name;
    },
    problemOf(error, context: RequestContext): CallProblem {
      if (error instanceof RefusedCall) return { problem: error.problem, headers: error.response.headers };
      const exchange = exchangeOf(context);
      const { body, problem } = exchange;
      try {
        const { headers } = recover(error, exchange);
        return { problem: JSON.parse(String(exchange.body)), headers };
      } finally {
        Object.assign(exchange, { body, problem });
      }
    },
    note(context, fields): void {
      const exchange = exchangeOf(context);
      exchange.notes = { ...exchange.notes, ...fields };
    },
  };
  for (const module of modules) module.connect?.(operations);
}
