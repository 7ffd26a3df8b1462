import {
  createSourceEventStream,
  executeSubscriptionEvent,
  type ValidatedExecutionArgs,
  validateSubscriptionArgs,
} from "graphql";
import type { OperationCalls } from "@archway/server/operation_calls.ts";
import { Problem } from "@archway/server/problem.ts";
import type { RequestContext } from "@archway/server/request_context.ts";
import type { RequestState } from "../execution/request_state.ts";
import { formatResult } from "./format_errors.ts";
import { type ServerEvent, singleResult, SubscriptionEvents } from "./server_events.ts";

/** Limits of subscriptions. */
export interface SubscriptionLimits {
  /** Maximum number of open subscriptions of a caller. */
  readonly maxPerCaller: number;
  /** Maximum duration of a subscription, in milliseconds. */
  readonly maxMs: number;
}

/** Options of {@link Subscriptions}. */
export interface SubscriptionsOptions extends SubscriptionLimits {
  readonly calls: OperationCalls;
}

/** Open subscriptions. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  /** Number of open ones, by subject; those without a principal count as one caller. */
  readonly #open = new Map<string, number>();

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /**
   * Opens a subscription, and returns its events.
   *
   * @throws {Problem} 429 if the caller has too many.
   */
  async open(args: ValidatedExecutionArgs, state: RequestState): Promise<AsyncIterable<ServerEvent>> {
    const { context } = state;
    const { calls, maxMs } = this.#options;
    const leave = this.#enter(context);
    let isOpen = false;
    try {
      const { rawVariableValues: variableValues, operation: { name } } = args;
      const validated = validateSubscriptionArgs({ ...args, variableValues, operationName: name?.value });
      if (!("schema" in validated)) return singleResult({ errors: validated });
      const source = await createSourceEventStream(validated);
      if (!(Symbol.asyncIterator in source)) return singleResult(formatResult(source, { calls, context }));
      isOpen = true;
      return new SubscriptionEvents(source, {
        execute: async (rootValue) => {
          const contextValue = { state: state.next() };
          const result = await executeSubscriptionEvent({ ...validated, rootValue, contextValue });
          return formatResult(result, { calls, context });
        },
        maxMs,
        onEnd: leave,
      });
    } finally {
      if (!isOpen) leave();
    }
  }

  #enter({ principal }: RequestContext): () => void {
    const caller = principal?.subject ?? "";
    const { maxPerCaller } = this.#options;
    const count = this.#open.get(caller) ?? 0;
    if (count >= maxPerCaller) {
      throw new Problem(429, "rate-limited", {
        detail: `The caller has ${maxPerCaller} open subscriptions, which is the limit`,
        headers: { "Retry-After": "5" },
      });
    }
    this.#open.set(caller, count + 1);
    return () => {
      const left = (this.#open.get(caller) ?? 1) - 1;
      if (left === 0) this.#open.delete(caller);
      else this.#open.set(caller, left);
    };
  }
}
