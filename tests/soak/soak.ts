import { v4 as newId } from "uuid";
import { progress } from "@archway/tools/bench/progress.ts";
import { Client } from "./client.ts";
import { interrupt } from "./interrupt.ts";
import { measureCapacity } from "./measure_capacity.ts";
import { runOpenLoop } from "./open_loop.ts";
import { planOutages } from "./plan_outages.ts";
import { RequestMix } from "./request_mix.ts";
import { runOutages } from "./run_outages.ts";
import { type Sample, sampleUntil, takeSample } from "./sampler.ts";
import type { SoakOptions } from "./soak_options.ts";
import type { SoakResults } from "./soak_results.ts";
import { type SoakHarness, startHarness } from "./start_harness.ts";
import { Tally } from "./tally.ts";

const CAPACITY_CLIENTS = 32;
const CAPACITY_MS = 10_000;
/**
 * Maximum number of pending requests. With three files per connection, service and sender stay below 1024 open files.
 */
const MAX_PENDING = 250;
const SHORTEST_PAUSE_MS = 500;
const SAMPLES = 300;
/**
 * Time for the service to recover its dependencies, and to close what it does not need. A limiter store that was lost
 * repeatedly is used again after up to 60 probes, one a second.
 */
const RECOVERY_MS = 90_000;

/** Runs a service under load with outages of its dependencies. Stops everything that it starts. */
export async function soak(
  { minutes, rate: requested, driver }: SoakOptions,
  signal: AbortSignal,
): Promise<SoakResults> {
  progress("Starting PostgreSQL, a standby, a limiter store and the service");
  await using harness = await startHarness(driver, signal);
  const hasStore = harness.store !== undefined;
  if (!hasStore) {
    progress(
      "!! NO LIMITER STORE: neither Valkey nor Redis is installed. Rate limits are counted in memory",
    );
  }
  const mix = new RequestMix({ ids: harness.ids, random: Math.random, newId });
  progress("Measuring the capacity of the service");
  const capacity = await findCapacity(harness, { mix, signal });
  const rate = requested ?? capacity / 2;
  const before = await settle(harness);
  progress(
    `Sending ${rate.toFixed(0)} requests per second (capacity: ${
      capacity.toFixed(0)
    }) for ${minutes} minutes`,
  );
  const run = await underLoad(harness, { mix, rate, milliseconds: minutes * 60_000, signal });
  const healthy = await recovers(harness, signal);
  const after = await settle(harness);
  progress("Interrupting the service");
  const interrupted = await interrupt(harness, mix);
  const cores = navigator.hardwareConcurrency;
  return {
    minutes,
    driver,
    capacity,
    rate,
    cores,
    hasStore,
    healthy,
    interrupted,
    atRest: { before, after },
    ...run,
  };
}

interface Load {
  readonly mix: RequestMix;
  readonly signal: AbortSignal;
}

/** Measures the capacity, which also warms up the service. */
async function findCapacity({ service }: SoakHarness, { mix, signal }: Load): Promise<number> {
  using client = new Client(service.url(""));
  const tally = new Tally();
  const send = (): Promise<void> => client.send(mix.next(), { tally, dueMs: performance.now() });
  return await measureCapacity(send, { clients: CAPACITY_CLIENTS, milliseconds: CAPACITY_MS, signal });
}

async function underLoad(
  harness: SoakHarness,
  { mix, rate, milliseconds, signal }: Load & { readonly rate: number; readonly milliseconds: number },
): Promise<Pick<SoakResults, "sent" | "totals" | "outages" | "samples">> {
  using client = new Client(harness.service.url(""));
  const tally = new Tally();
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  const sinceMs = performance.now();
  const outages = runOutages(planOutages(milliseconds), harness, { sinceMs, signal, onOutage: progress });
  const everyMs = Math.max(SHORTEST_PAUSE_MS, milliseconds / SAMPLES);
  const samples = sampleUntil(harness, { everyMs, sinceMs, signal: ending });
  const send = (dueMs: number): Promise<void> => client.send(mix.next(), { tally, dueMs });
  const loading = runOpenLoop(send, { rate, milliseconds, maxPending: MAX_PENDING, signal })
    .finally(() => over.abort());
  // A failure rejects, but only after frozen processes have been resumed.
  const [sent, done, seen] = await Promise.all([loading, outages, samples]);
  signal.throwIfAborted();
  return { sent, totals: tally.totals(), outages: done, samples: seen };
}

async function recovers({ service }: SoakHarness, signal: AbortSignal): Promise<boolean> {
  try {
    await service.untilHealthy(AbortSignal.any([signal, AbortSignal.timeout(RECOVERY_MS)]));
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Returns a sample when both servers respond and two consecutive samples agree. Returns the last one on timeout. */
async function settle(harness: SoakHarness): Promise<Sample> {
  const deadline = performance.now() + RECOVERY_MS;
  let last = await takeSample(harness, performance.now());
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const next = await takeSample(harness, performance.now());
    const { files, primaryConnections, standbyConnections } = next;
    const responded = primaryConnections !== undefined && standbyConnections !== undefined;
    if (files === last.files && responded) return next;
    last = next;
  }
  return last;
}
