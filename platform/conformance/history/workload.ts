import type { Completion, History, Intent } from "./history.ts";
import { type Exchange, exchange, type HistoryClient, type HistoryRequest } from "./history_client.ts";
import type { CheckOptions } from "./check_reads.ts";
import type { Violation } from "./violation.ts";

/** Kind of operations, with the checks of their histories. */
export interface Workload {
  /** Such as "contacts". */
  readonly name: string;
  /**
   * Creates what the operations need.
   *
   * @throws {SetupError} if it cannot be created.
   */
  open(session: HistorySession): Promise<OpenWorkload>;
  /** Returns the contradictions in a history, which may have operations of other workloads, too. */
  check(options: CheckOptions): readonly Violation[];
}

/** Workload with its resources. */
export interface OpenWorkload {
  /** Performs one operation as a client. */
  step(session: HistorySession): Promise<void>;
  /** Reads what the checks need of the end, after all clients have ended. @default nothing */
  finish?(sessions: readonly HistorySession[]): Promise<void>;
  /** Removes what can be removed, unrecorded. @default nothing */
  remove?(sessions: readonly HistorySession[]): Promise<void>;
}

/** Consistency-Token, and the operation in whose response it was. */
interface IssuedToken {
  readonly text: string;
  readonly operation: number;
}

/** Last token that any client has received. */
export interface SharedTokens {
  last: IssuedToken | undefined;
}

/** Recording client: sends requests as operations of a history. */
export class HistorySession {
  readonly #history: History;
  readonly #shared: SharedTokens;
  #own: IssuedToken | undefined;

  constructor(
    readonly client: HistoryClient,
    { history, tokens }: { readonly history: History; readonly tokens: SharedTokens },
  ) {
    this.#history = history;
    this.#shared = tokens;
  }

  random(): number {
    return this.client.random();
  }

  /** Returns one of several values. */
  pick<Value>(values: readonly Value[]): Value | undefined {
    return values[Math.floor(this.random() * values.length)];
  }

  /** Sends a request that is not an operation of the history. */
  send(request: HistoryRequest): Promise<Exchange> {
    return exchange(this.client, request);
  }

  /** Records an operation of several requests. */
  async record<Result extends Completion>(intent: Intent, run: () => Promise<Result>): Promise<Result> {
    return await this.#history.record(this.client.process, intent, run);
  }

  /** Records a write of one request; reads can then send the token of its response. */
  async write(
    intent: Intent,
    request: HistoryRequest,
    outputOf: (exchange: Exchange) => Completion["output"],
  ): Promise<Exchange> {
    const { operation, ...result } = await this.#history.record(this.client.process, intent, async () => {
      const found = await this.send(request);
      return { ...found, output: outputOf(found) };
    });
    const text = result.headers.get("consistency-token");
    if (result.outcome === "ok" && text !== null) {
      this.#own = { text, operation };
      this.#shared.last = this.#own;
    }
    return result;
  }

  /** Returns a token for a read, often the last of all clients; undefined if it should send none. */
  token(): IssuedToken | undefined {
    const share = this.random();
    return share < 0.6 ? this.#shared.last : share < 0.8 ? this.#own : undefined;
  }

  /** Returns the last token of all clients. */
  get lastToken(): IssuedToken | undefined {
    return this.#shared.last;
  }
}

/** Returns the header of a token. */
export function tokenHeader(token: IssuedToken | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { "Consistency-Token": token.text };
}

/** Returns the member of an operation's input that names the write whose token it sent. */
export function tokenInput(token: IssuedToken | undefined): { readonly token?: number } {
  return token === undefined ? {} : { token: token.operation };
}
