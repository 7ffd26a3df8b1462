import { Client } from "./client.ts";
import type { RequestMix } from "./request_mix.ts";
import type { SoakHarness } from "./start_harness.ts";
import { Tally, type Totals } from "./tally.ts";

/** Number of requests in flight at the interrupt. */
const REQUESTS = 64;

/** Time after which they have reached the service, in milliseconds. */
const SENT_MS = 20;

/**
 * Stops the service as Ctrl-C does on a terminal, whose processes get the signal from the terminal and twice from
 * `deno task`, while requests are in flight. Returns their results.
 */
export async function interrupt({ service }: SoakHarness, mix: RequestMix): Promise<Totals> {
  using client = new Client(service.url(""));
  const tally = new Tally();
  const send = (): Promise<void> => client.send(mix.next(), { tally, dueMs: performance.now() });
  // First, so that the connections are open.
  await Promise.all(Array.from({ length: REQUESTS }, send));
  const inFlight = Promise.all(Array.from({ length: REQUESTS }, send));
  await new Promise((resolve) => setTimeout(resolve, SENT_MS));
  for (let count = 0; count < 3; count++) Deno.kill(service.pid, "SIGINT");
  await inFlight;
  return tally.totals();
}
