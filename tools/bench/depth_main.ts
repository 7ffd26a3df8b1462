import { startDepthCluster } from "./depth_cluster.ts";
import { DEPTH_USAGE, type DepthOptions, parseDepthOptions } from "./depth_options.ts";
import { type DepthBenchResults, renderDepthReport } from "./depth_report.ts";
import { measureDepth } from "./measure_depth.ts";
import { measureReplicas } from "./measure_replicas.ts";
import { LoadGenerator } from "./programs.ts";
import { progress, runBench } from "./run_bench.ts";

const REPLICAS = 2;

/** Measures what is asked for. What it starts, it stops, however it ends. */
async function benchDepth(options: DepthOptions, signal: AbortSignal): Promise<DepthBenchResults> {
  const { contacts, rounds, seconds, connections, parts } = options;
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(
    await startDepthCluster({
      contacts,
      replicas: parts.includes("replicas") ? REPLICAS : 0,
      onProgress: progress,
      signal,
    }),
  );
  const generator = stack.use(new LoadGenerator());
  // Not to wait for the end of a load that nobody wants any more.
  signal.addEventListener("abort", () => generator[Symbol.asyncDispose](), { once: true });
  const turns = { generator, rounds, seconds, connections, signal };
  progress("Measuring pages by their depth");
  const depth = await measureDepth(cluster, options, turns);
  const run = { contacts, rounds, seconds, connections, cores: navigator.hardwareConcurrency, ...depth };
  if (!parts.includes("replicas")) return { ...run, replicas: undefined };
  progress("Measuring reads with replicas");
  return { ...run, replicas: await measureReplicas(cluster, turns) };
}

if (import.meta.main) {
  await runBench({
    usage: DEPTH_USAGE,
    parse: parseDepthOptions,
    measure: benchDepth,
    render: renderDepthReport,
  });
}
