/** Script with its executed functions, as counted by V8. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

/** Function of a file. */
export interface RanFunction {
  /** URL of its file. */
  readonly url: string;
  /** Empty for anonymous functions. */
  readonly name: string;
}

/** Executed functions by URL and offset. */
export type Coverage = ReadonlyMap<string, RanFunction>;

/** Client of V8's inspector protocol for coverage. Disposing closes the connection. */
export class Inspector implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const { id, result, error } = JSON.parse(data);
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
    });
  }

  /** Connects and starts counting. */
  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.addEventListener("open", () => resolve(), { once: true });
    socket.addEventListener("error", () => reject(new Error(`Cannot connect to ${url}`)), { once: true });
    await promise;
    const inspector = new Inspector(socket);
    await inspector.#send("Profiler.enable");
    await inspector.#send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
    return inspector;
  }

  /** Returns the functions that ran since the last call. */
  async takeCoverage(): Promise<Coverage> {
    const { result } = await this.#send("Profiler.takePreciseCoverage") as {
      readonly result: readonly ScriptCoverage[];
    };
    return new Map(
      result.flatMap(({ url, functions }) =>
        functions.flatMap(({ functionName: name, ranges: [range] }): [string, RanFunction][] =>
          range === undefined || range.count === 0 ? [] : [[`${url}:${range.startOffset}`, { url, name }]]
        )
      ),
    );
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await waiting.promise;
  }
}
