import { join } from "node:path";
import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { compare } from "../compare.ts";
import { HttpConnection } from "../http_connection.ts";
import { HttpServerProcess } from "../http_server_process.ts";
import type { Sample } from "../metrics.ts";
import { serviceEnvironment } from "../programs.ts";
import { progress } from "../progress.ts";
import { residentMegabytes } from "../resident_memory.ts";
import type { Tables } from "../scenario.ts";
import { startBenchDatabase } from "../start_bench_database.ts";
import { distinctRequest } from "./distinct_request.ts";
import { count, type GrowthRun } from "./growth_run.ts";

/** A program that also collects garbage on request. */
const ARGS = ["-A", "--v8-flags=--expose-gc", join(import.meta.dirname ?? ".", "collected_program.ts")];

/** Number of distinct valid tokens, more than the service caches. */
const TOKENS = 2_000;

/** Part of the requests after which every bounded cache is full. */
const FILLED = 0.1;

/** Requests of which no two have a path, query, header, address or credential in common. */
export async function measureSeen(run: GrowthRun): Promise<Tables> {
  const { settings: { seen, connections }, stack, signal } = run;
  const issuer = stack.use(await TestIssuer.start());
  const { database } = await startBenchDatabase(run);
  const tokens: string[] = [];
  for (let index = 0; index < TOKENS; index++) {
    tokens.push(await issuer.sign({ sub: `caller ${index}`, scope: "contacts:read contacts:write" }));
  }
  const environment = {
    ...serviceEnvironment(database),
    ...{ HOST: "127.0.0.1", PORT: "0" },
    ...{ AUTH_MODE: "jwt", AUTH_JWKS_URL: issuer.url.href, AUTH_ISSUER: issuer.issuer },
    ...{ AUTH_AUDIENCE: TestIssuer.audience, TRUSTED_PROXIES: "127.0.0.1", RATE_LIMIT: "1000000/1m" },
  };
  const server = stack.use(await HttpServerProcess.start({ args: ARGS, env: environment }));
  await server.untilReady(signal);
  using sockets = new DisposableStack();
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => sockets.use(await HttpConnection.open(server.target))),
  );
  let sent = 0;
  const statuses: Record<string, number> = {};

  async function sendUntil(total: number): Promise<void> {
    progress(`Sending ${count(total)} distinct requests`);
    await Promise.all(clients.map(async (client) => {
      while (sent < total) {
        signal.throwIfAborted();
        const { status } = await client.exchange(distinctRequest(sent++, tokens));
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    }));
  }

  const levels = [FILLED, 0.5, 1].map((part) => Math.floor(seen * part));
  const variants = levels.map((level) => ({
    name: `after ${count(level)}`,
    warmsUp: false,
    measure: async (): Promise<Sample> => {
      await sendUntil(level);
      const response = await fetch(server.metricsUrl ?? "", { signal });
      const { heapUsed }: { readonly heapUsed: number } = await response.json();
      return {
        heapUsed: heapUsed / 1_048_576,
        memoryAfterLoad: await residentMegabytes(server.pid),
      };
    },
  }));
  const once = { ...run, settings: { ...run.settings, rounds: 1 } };
  const results = await compare(once, variants, {
    inOrder: true,
    compared: ["heapUsed", "memoryAfterLoad"],
  });
  progress(`Statuses: ${Object.entries(statuses).map(([status, times]) => `${status} ${count(times)}`)}`);
  return { "Distinct requests": results };
}
