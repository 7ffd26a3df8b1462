/** A script with its functions that ran, as V8 counts them. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

/** A function of a file. */
export interface RanFunction {
  /** The address of its file. */
  readonly url: string;
  /** Empty where it has none. */
  readonly name: string;
}

/** The functions that ran, by what tells them apart. */
export type Coverage = ReadonlyMap<string, RanFunction>;

/** A client of V8's inspector protocol, as far as coverage needs it. Disposing closes the connection. */
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

  /** Connects and begins to count. */
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

  /** The functions that ran since the last call. */
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
