import { inheritedVariables } from "../support/program.ts";
import { Inspector } from "./inspector.ts";

/** Program of a checkout with a new embedded database and an attached inspector. Disposing ends it. */
export interface InspectedProgram extends AsyncDisposable {
  /** Base URL. */
  readonly url: string;
  readonly inspector: Inspector;
}

/**
 * Starts `main.ts` of a checkout as a child process.
 *
 * @param tree Folder of the checkout.
 * @throws {Error} when it ends before it listens.
 */
export async function startInspectedProgram(tree: string): Promise<InspectedProgram> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "archway_trace_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-P", "--inspect=127.0.0.1:0", "main.ts"],
    cwd: tree,
    clearEnv: true,
    // No worker: its activity between requests is not part of a request.
    env: {
      ...inheritedVariables(),
      NO_COLOR: "1",
      PORT: "0",
      WORKER: "off",
      EMBEDDED_DATA_DIR: `${folder}/data`,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const outputs = [new Output(child.stdout), new Output(child.stderr)] as const;
  stack.defer(async () => {
    try {
      child.kill("SIGTERM");
    } catch (error) {
      // It has already ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await Promise.all([child.status, ...outputs.map(({ ended }) => ended)]);
  });
  const [url, inspectorUrl] = await Promise.all([
    outputs[0].find(/"url":"(http[^"]+)"/),
    outputs[1].find(/Debugger listening on (ws:\S+)/),
  ]);
  const inspector = stack.use(await Inspector.connect(inspectorUrl));
  const resources = stack.move();
  return { url, inspector, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Output of a process. */
class Output {
  readonly ended: Promise<void>;
  #text = "";
  #done = false;
  #onMore: () => void = () => {};

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#read(stream);
  }

  /** Waits for a match and returns its first group. Rejects when the process ends without one. */
  async find(pattern: RegExp): Promise<string> {
    while (true) {
      const found = pattern.exec(this.#text)?.[1];
      if (found !== undefined) return found;
      if (this.#done) throw new Error(`The program ended before it listened: ${this.#text}`);
      await new Promise<void>((resolve) => this.#onMore = resolve);
    }
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += chunk;
      this.#onMore();
    }
    this.#done = true;
    this.#onMore();
  }
}
