/**
 * Worker thread of PGlite. A statement blocks its thread until it is done, which must not be the thread that serves
 * requests.
 */
/// <reference lib="deno.worker" />
import { serveCluster, type ServeClusterOptions } from "./serve_cluster.ts";

/** Request to the worker: first "serve", then "stop". */
export type WorkerRequest = { readonly kind: "serve"; readonly options: ServeClusterOptions } | {
  readonly kind: "stop";
};

/** Reply of the worker, one to each request, or a message for the log at any time. */
export type WorkerReply =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "message"; readonly message: string };

declare const self: DedicatedWorkerGlobalScope;

let served: AsyncDisposable | undefined;

function onMessage(message: string): void {
  self.postMessage({ kind: "message", message } satisfies WorkerReply);
}

self.addEventListener("message", async ({ data }: MessageEvent<WorkerRequest>) => {
  let reply: WorkerReply = { kind: "done" };
  try {
    if (data.kind === "serve") served = await serveCluster(data.options, { onMessage });
    else await served?.[Symbol.asyncDispose]();
  } catch (error) {
    reply = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
});
