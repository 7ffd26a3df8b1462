import type { Answer, Call } from "./call.ts";
import type { Tally } from "./tally.ts";

/** Longer than the service itself takes before it gives up on a request: what takes longer hangs. */
const PATIENCE_MS = 60_000;

/** Below the time that the service keeps an idle connection for, so that none is used that is just being closed. */
const IDLE_MS = 30_000;

/** Sends requests over connections that it keeps, and counts what becomes of them. Disposing closes all. */
export class Client implements Disposable {
  readonly #client = Deno.createHttpClient({ poolIdleTimeout: IDLE_MS, poolMaxIdlePerHost: 1024 });
  readonly #url: string;

  /** @param url Of the service, without a path. */
  constructor(url: string) {
    this.#url = url;
  }

  /** Sends one and reads its answer. Does not reject. */
  async send(call: Call, { tally, dueMs }: { readonly tally: Tally; readonly dueMs: number }): Promise<void> {
    const answer = await this.#exchange(call).catch((error) => {
      tally.breakOff(call, reasonOf(error));
    });
    if (answer) tally.answer(call, answer, performance.now() - dueMs);
    call.settle?.(answer ?? undefined);
  }

  async #exchange({ method, path, headers, body }: Call): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers,
      ...(body !== undefined && { body }),
      client: this.#client,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

/** Without addresses and ports, which would make each its own kind. */
function reasonOf(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error("Not an error");
  return message.replaceAll(/https?:\/\/\S+/g, "").replaceAll(/\d+\.\d+\.\d+\.\d+:\d+/g, "").slice(0, 200);
}
