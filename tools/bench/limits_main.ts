import { fetchKeys } from "../../auth/fetch_keys.ts";
import { JwtAuthenticator } from "../../auth/jwt_authenticator.ts";
import { TestIssuer } from "../../auth/testing/test_issuer.ts";
import { VerificationKeys } from "../../auth/verification_keys.ts";
import { MemoryLimiter } from "../../limits/memory_limiter.ts";
import type { ApiModule } from "../../server/api_module.ts";
import type { RateLimitSettings } from "../../server/rate_limit.ts";
import { createServer, type Server } from "../../server/server.ts";
import {
  type ServerOption,
  withApi,
  withAuthenticator,
  withCors,
  withRateLimit,
} from "../../server/server_options.ts";
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

await using issuer = await TestIssuer.start();
const token = await issuer.sign({ scope: "notes:read" });
const authenticator = new JwtAuthenticator(
  new VerificationKeys(() => fetchKeys(issuer.url), {
    refreshMs: 3_600_000,
    staleMs: 3_600_000,
    cooldownMs: 0,
  }),
  {
    issuer: issuer.issuer,
    audience: TestIssuer.audience,
    algorithms: ["ES256"],
    clockSkewSeconds: 30,
  },
);

/** What is compared; the first is what the others are compared with. Every request has a token, whoever looks at it. */
const VARIANTS: Readonly<Record<string, readonly ServerOption[]>> = {
  "no limits": [],
  "rates in memory": [withRateLimit(RATE_LIMIT)],
  "CORS": [withCors({ origins: ["https://app.example"] })],
  "tokens": [withAuthenticator(authenticator)],
};

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
async function measure(server: Server): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < REQUESTS; i++) {
    const response = await server.fetch(
      new Request("http://localhost/notes/1", { headers: { Authorization: `Bearer ${token}` } }),
    );
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`A request was answered with ${response.status}`);
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
    server: stack.use(createServer("127.0.0.1", 0, withApi(notes()), ...options)),
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
