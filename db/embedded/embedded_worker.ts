/**
 * The thread that PGlite runs in: a statement there occupies its thread until it is done, and the one that serves
 * requests must not wait for it.
 */
/// <reference lib="deno.worker" />
import { serveCluster, type ServeClusterOptions } from "./serve_cluster.ts";

/** What the thread is told: first what to serve, then to stop. */
export type WorkerRequest = { readonly kind: "serve"; readonly options: ServeClusterOptions } | {
  readonly kind: "stop";
};

/** What it answers, once to each. */
export type WorkerReply = { readonly kind: "done" } | { readonly kind: "failed"; readonly message: string };

declare const self: DedicatedWorkerGlobalScope;

let served: AsyncDisposable | undefined;

self.addEventListener("message", async ({ data }: MessageEvent<WorkerRequest>) => {
  let reply: WorkerReply = { kind: "done" };
  try {
    if (data.kind === "serve") served = await serveCluster(data.options);
    else await served?.[Symbol.asyncDispose]();
  } catch (error) {
    reply = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
});
