import { cpuUsage } from "node:process";
import type { ApiModule } from "@archway/server/api_module.ts";
import { TestIssuer } from "@archway/server/auth/testing/test_issuer.ts";
import { fetchKeys, JwtAuthenticator, VerificationKeys } from "@archway/server/authentication.ts";
import type { RateLimitOptions } from "@archway/server/rate_limit.ts";
import { MemoryLimiter } from "@archway/server/rate_limit/memory_limiter.ts";
import { createServer, type Server } from "@archway/server/server.ts";
import {
  type ServerOption,
  withApi,
  withAuthenticator,
  withCors,
  withRateLimit,
} from "@archway/server/server_options.ts";
import { noteApi } from "@archway/server/testing/note_api.ts";
import { compare } from "./compare.ts";
import type { Sample } from "./metrics.ts";
import { loadSettings, type Scenario } from "./scenario.ts";

const { rounds, seconds } = loadSettings({ rounds: 15, seconds: 0.15, connections: 1 });

const HOUR_MS = 3_600_000;
const POLICY = { quota: 1_000_000_000, windowSeconds: 3600 };
const RATE_LIMIT: RateLimitOptions = {
  callers: new MemoryLimiter(),
  addresses: new MemoryLimiter(),
  policy: { ...POLICY, name: "default" },
  operationPolicies: new Map(),
  addressPolicy: { ...POLICY, name: "address" },
};

/** Servers in this process, one request after the other, without a network or a database that would hide the cost. */
export const limitsScenario: Scenario<"rounds" | "seconds"> = {
  name: "limits",
  description: "cost of rate limits, CORS and tokens per request, in process",
  parts: ["limits"],
  settings: { rounds, seconds },
  measure: async (run) => {
    const issuer = run.stack.use(await TestIssuer.start());
    const token = await issuer.sign({ scope: "notes:read" });
    const variants = Object.entries(optionsOf(issuer)).map(([name, options]) => {
      const server = run.stack.use(createServer("127.0.0.1", 0, withApi(notes()), ...options));
      return { name, measure: (milliseconds: number) => measureRequests(server, { token, milliseconds }) };
    });
    return { "": await compare(run, variants) };
  },
};

/** Returns the options of the servers. Every request has a token, even where none is checked. */
function optionsOf(issuer: TestIssuer): Readonly<Record<string, readonly ServerOption[]>> {
  const intervals = { refreshMs: HOUR_MS, staleMs: HOUR_MS, cooldownMs: 0 };
  const authenticator = new JwtAuthenticator(new VerificationKeys(() => fetchKeys(issuer.url), intervals), {
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

/** Returns the API of the server's tests, with operations that require a token where there is an authenticator. */
function notes(): ApiModule {
  const module = noteApi();
  const security = [[{ kind: "bearer", scheme: "token", scopes: ["notes:read"] }]] as const;
  return {
    ...module,
    routes: module.routes.map(({ operation, handle }) => ({ operation: { ...operation, security }, handle })),
  };
}

async function measureRequests(
  server: Server,
  { token, milliseconds }: { readonly token: string; readonly milliseconds: number },
): Promise<Sample> {
  const headers = { Authorization: `Bearer ${token}` };
  const before = cpuUsage();
  const start = performance.now();
  let requests = 0;
  while (performance.now() < start + milliseconds) {
    const response = await server.fetch(new Request("http://localhost/notes/1", { headers }));
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`The load failed: the server responded ${response.status}`);
    requests++;
  }
  const { user, system } = cpuUsage(before);
  return {
    processorTime: (user + system) / requests,
    requestTime: (performance.now() - start) * 1000 / requests,
  };
}
