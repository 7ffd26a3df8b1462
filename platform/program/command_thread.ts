/// <reference lib="deno.worker" />

import { type CommandContext, CommandError, type Progress } from "@archway/service_kit/command.ts";
import type { ThreadOptions } from "@archway/service_kit/service_module.ts";
import { formatError, isDatabaseError } from "./format_error.ts";

/** Name of a thread that runs a command, by which the main module knows that it is in one. */
const NAME = "archway command";

/** Time in which a command has to end once its signal has aborted, in milliseconds. */
const STOP_MS = 5_000;

/** Message to the thread: the command, or the request to stop it. */
type Request = { readonly args: readonly string[] } | { readonly stop: true };

/** Message of the thread. */
type Reply =
  | { readonly kind: "ready" }
  | { readonly kind: "printed"; readonly text: string }
  | { readonly kind: "ended"; readonly code: number }
  | { readonly kind: "failed"; readonly message: string };

/** Whether this is a thread that {@link runInThread} has started. */
export function isCommandThread(): boolean {
  return "name" in globalThis && globalThis.name === NAME;
}

/** Runs a command in a thread that executes the main module of the program once more. */
export async function runInThread(
  args: readonly string[],
  { signal, onPrinted }: ThreadOptions,
): Promise<number> {
  signal.throwIfAborted();
  const thread = new Worker(Deno.mainModule, { type: "module", name: NAME });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const send = (request: Request): void => thread.postMessage(request);
  thread.onmessage = ({ data }: MessageEvent<Reply>): void => {
    if (data.kind === "ready") send({ args });
    else if (data.kind === "printed") onPrinted(data.text);
    else if (data.kind === "ended") resolve(data.code);
    else reject(new CommandError(data.message));
  };
  thread.onerror = (event): void => {
    // Otherwise it would end the whole process.
    event.preventDefault();
    reject(new CommandError(event.message));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    send({ stop: true });
    timer = setTimeout(() => reject(signal.reason), STOP_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await promise;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    thread.terminate();
  }
}

/** Parts of a command's context that differ in a thread. */
export type ThreadContext = Pick<
  CommandContext,
  "print" | "note" | "progress" | "signal" | "stoppedWith"
>;

/** Progress of a command without a terminal. */
const UNSEEN: Progress = { update(): void {}, [Symbol.dispose](): void {} };

/**
 * Runs the command that the starter of this thread sends.
 *
 * @param run Runs a command with its arguments.
 */
export function serveCommandThread(
  run: (args: readonly string[], context: ThreadContext) => Promise<number>,
): void {
  const reply = (message: Reply): void => self.postMessage(message);
  const stopping = new AbortController();
  const context: ThreadContext = {
    print(text): Promise<void> {
      reply({ kind: "printed", text });
      return Promise.resolve();
    },
    note: () => undefined,
    progress: () => UNSEEN,
    signal: stopping.signal,
    stoppedWith: undefined,
  };
  self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
    if ("stop" in data) return stopping.abort();
    void run(data.args, context).then(
      (code) => reply({ kind: "ended", code }),
      (error) => reply({ kind: "failed", message: describe(error) }),
    );
  });
  reply({ kind: "ready" });
}

/** Returns the message of an error, as the command would print it. */
function describe(error: unknown): string {
  return error instanceof CommandError || isDatabaseError(error)
    ? formatError(error)
    : error instanceof Error
    ? `${error.name}: ${error.message}`
    : "unknown error";
}
