import type { Call, CallResponse } from "./call.ts";
import type { Tally } from "./tally.ts";

/** Longer than the timeouts of the service: a request that takes longer hangs. */
const TIMEOUT_MS = 60_000;

/** Idle timeout, shorter than that of the service. No connection is used while it is being closed. */
const IDLE_MS = 30_000;

/** Sends requests over persistent connections and counts the results. Disposing closes the connections. */
export class Client implements Disposable {
  readonly #client = Deno.createHttpClient({ poolIdleTimeout: IDLE_MS, poolMaxIdlePerHost: 1024 });
  readonly #url: string;

  /** @param url Base URL of the service. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a request and reads its response. Does not reject. */
  async send(call: Call, { tally, dueMs }: { readonly tally: Tally; readonly dueMs: number }): Promise<void> {
    const response = await this.#exchange(call).catch((error) => {
      tally.recordFailure(call, reasonOf(error));
    });
    if (response) tally.record(call, response, performance.now() - dueMs);
    call.settle?.(response ?? undefined);
  }

  async #exchange({ method, path, headers, body }: Call): Promise<CallResponse> {
    const response = await fetch(this.#url + path, {
      method,
      headers,
      ...(body !== undefined && { body }),
      client: this.#client,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Returns the message without addresses and ports, by which errors are grouped. */
function reasonOf(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error("Not an error");
  return message.replaceAll(/https?:\/\/\S+/g, "").replaceAll(/\d+\.\d+\.\d+\.\d+:\d+/g, "").slice(0, 200);
}
