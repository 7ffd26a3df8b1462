import { MemoryLimiter } from "../../limits/memory_limiter.ts";
import type { RateLimitSettings } from "../../server/rate_limit.ts";
import { createServer, type Server } from "../../server/server.ts";
import { type ServerOption, withApi, withCors, withRateLimit } from "../../server/server_options.ts";
import { noteApi } from "../../server/testing/note_api.ts";
import { markdownTable } from "./markdown_table.ts";
import { median } from "./median.ts";

/** Requests in a round of one server. */
const REQUESTS = 10_000;
const ROUNDS = 15;

const RATE_LIMIT: RateLimitSettings = {
  callers: new MemoryLimiter(),
  addresses: new MemoryLimiter(),
  policy: { name: "default", quota: 1_000_000_000, windowSeconds: 3600 },
  operationPolicies: new Map(),
  addressPolicy: { name: "address", quota: 1_000_000_000, windowSeconds: 3600 },
};

/** What is compared; the first is what the others are compared with. */
const VARIANTS: Readonly<Record<string, readonly ServerOption[]>> = {
  "no limits": [],
  "rates in memory": [withRateLimit(RATE_LIMIT)],
  "CORS": [withCors({ origins: ["https://app.example"] })],
};

/** Microseconds that a request takes on its way through the server and back, without a network or a database. */
async function measure(server: Server): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < REQUESTS; i++) {
    const response = await server.fetch(new Request("http://localhost/notes/1"));
    await response.body?.cancel();
  }
  return (performance.now() - begin) * 1000 / REQUESTS;
}

/**
 * Measures all variants in turns and gives a table: the medians, the medians of the ratios within a round, and the
 * rounds that were disturbed least.
 */
async function compare(): Promise<string> {
  await using stack = new AsyncDisposableStack();
  const runs = Object.entries(VARIANTS).map(([name, options]) => ({
    name,
    server: stack.use(createServer("127.0.0.1", 0, withApi(noteApi()), ...options)),
    times: new Array<number>(),
  }));
  for (const { server } of runs) await measure(server);
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % runs.length;
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      run.times.push(await measure(run.server));
    }
  }
  const base = runs[0]?.times ?? [];
  return markdownTable([
    ["Variant", "µs", "ratio", "least µs"],
    ...runs.map(({ name, times }) => [
      name,
      median(times).toFixed(1),
      median(times.map((time, round) => time / (base[round] ?? NaN))).toFixed(3),
      Math.min(...times).toFixed(1),
    ]),
  ]);
}

if (import.meta.main) await Deno.stdout.write(new TextEncoder().encode(await compare()));
