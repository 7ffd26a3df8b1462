import { fetchKeys, JwtAuthenticator, VerificationKeys } from "@archway/server/authentication.ts";
import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { MemoryLimiter } from "@archway/server/rate_limit/memory_limiter.ts";
import type { ApiModule } from "@archway/server/api_module.ts";
import type { RateLimitOptions } from "@archway/server/rate_limit.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import {
  type ServerOption,
  withApi,
  withAuthenticator,
  withCors,
  withRateLimit,
} from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { LIMITS_USAGE, type LimitsOptions, parseLimitsOptions } from "./limits_options.ts";
import { type LimitsResults, renderLimitsReport } from "./limits_report.ts";
import { progress, runBench } from "./run_bench.ts";

const RATE_LIMIT: RateLimitOptions = {
  callers: new MemoryLimiter(),
  addresses: new MemoryLimiter(),
  policy: { name: "default", quota: 1_000_000_000, windowSeconds: 3600 },
  operationPolicies: new Map(),
  addressPolicy: { name: "address", quota: 1_000_000_000, windowSeconds: 3600 },
};

/** What is compared; the first is what the others are compared with. Every request has a token, whoever looks at it. */
function variants(issuer: TestIssuer): Readonly<Record<string, readonly ServerOption[]>> {
  const keys = new VerificationKeys(() => fetchKeys(issuer.url), {
    refreshMs: 3_600_000,
    staleMs: 3_600_000,
    cooldownMs: 0,
  });
  const authenticator = new JwtAuthenticator(keys, {
    issuer: issuer.issuer,
    audience: TestIssuer.audience,
    algorithms: ["ES256"],
    clockSkewSeconds: 30,
  });
  return {
    "no limits": [],
    "rates in memory": [withRateLimit(RATE_LIMIT)],
    "CORS": [withCors({ origins: ["https://app.example"] })],
    "tokens": [withAuthenticator(authenticator)],
  };
}

/** The API of the tests, whose operations want a token where there is an authenticator. */
function notes(): ApiModule {
  const module = noteApi();
  const security = [{ scheme: "token", scopes: ["notes:read"] }];
  return {
    ...module,
    routes: module.routes.map(({ operation, handle }) => ({ operation: { ...operation, security }, handle })),
  };
}

/** Microseconds that a request takes on its way through the server and back, without a network or a database. */
async function measure(
  server: Server,
  { token, requests }: { readonly token: string; readonly requests: number },
): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < requests; i++) {
    const response = await server.fetch(
      new Request("http://localhost/notes/1", { headers: { Authorization: `Bearer ${token}` } }),
    );
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`A request was answered with ${response.status}`);
  }
  return (performance.now() - begin) * 1000 / requests;
}

/** Measures all variants in turns. What it starts, it stops. */
async function benchLimits(
  { rounds, requests }: LimitsOptions,
  signal: AbortSignal,
): Promise<LimitsResults> {
  await using stack = new AsyncDisposableStack();
  const issuer = stack.use(await TestIssuer.start());
  const load = { token: await issuer.sign({ scope: "notes:read" }), requests };
  const runs = Object.entries(variants(issuer)).map(([name, options]) => ({
    name,
    server: stack.use(createServer("127.0.0.1", 0, withApi(notes()), ...options)),
    times: new Array<number>(),
  }));
  progress("Warming up");
  for (const { server } of runs) await measure(server, load);
  for (let round = 0; round < rounds; round++) {
    progress(`Measuring: round ${round + 1} of ${rounds}`);
    const first = round % runs.length;
    for (const run of [...runs.slice(first), ...runs.slice(0, first)]) {
      signal.throwIfAborted();
      run.times.push(await measure(run.server, load));
    }
  }
  const cores = navigator.hardwareConcurrency;
  return { rounds, requests, cores, variants: runs.map(({ name, times }) => ({ name, times })) };
}

if (import.meta.main) {
  await runBench({
    usage: LIMITS_USAGE,
    parse: parseLimitsOptions,
    measure: benchLimits,
    render: renderLimitsReport,
  });
}
