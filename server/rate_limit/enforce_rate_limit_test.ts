import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { ApiModule } from "../api_module.ts";
import { type RateLimitOptions, UnknownOperationError } from "../rate_limit.ts";
import { Exchange } from "../request/exchange.ts";
import { type Authenticator, InvalidTokenError } from "../security/authenticator.ts";
import { createServer, type Server } from "../server.ts";
import {
  type ServerOption,
  withApi,
  withAuthenticator,
  withRateLimit,
  withTrustedProxies,
} from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { trustProxies } from "../testing/trust_proxies.ts";
import { addressKey, callerKey } from "./enforce_rate_limit.ts";
import { MemoryLimiter } from "./memory_limiter.ts";

function limits(settings: Partial<RateLimitOptions> = {}): ServerOption {
  return withRateLimit({
    callers: new MemoryLimiter(),
    policy: { name: "default", quota: 2, windowSeconds: 60 },
    operationPolicies: new Map(),
    addresses: new MemoryLimiter(),
    addressPolicy: { name: "address", quota: 5, windowSeconds: 30 },
    ...settings,
  });
}

/** Accepts any name as a token, except "forged". */
class NameAuthenticator implements Authenticator {
  calls = 0;
  authenticate(token: string): { subject: string; scopes: ReadonlySet<string> } {
    this.calls++;
    if (token === "forged") throw new InvalidTokenError("Forged");
    return { subject: token, scopes: new Set() };
  }
}

function securedNotes(): ApiModule {
  const module = noteApi();
  return {
    ...module,
    routes: module.routes.map(({ operation, handle }) => ({
      operation: { ...operation, security: [[{ kind: "bearer", scheme: "token", scopes: [] }]] },
      handle,
    })),
  };
}

interface Seen {
  readonly status: number;
  readonly policy: string | null;
  readonly state: string | null;
  readonly retryAfter: string | null;
}

async function send(server: Server, line: string, headers: HeadersInit = {}): Promise<Seen> {
  const [method = "", path = ""] = line.split(" ");
  return await seen(await server.fetch(new Request(`http://localhost${path}`, { method, headers })));
}

async function seen(response: Response): Promise<Seen> {
  await response.body?.cancel();
  return {
    status: response.status,
    policy: response.headers.get("RateLimit-Policy"),
    // The remaining seconds depend on the clock and are tested separately.
    state: response.headers.get("RateLimit")?.replace(/t=\d+$/, "t=…") ?? null,
    retryAfter: response.headers.get("Retry-After"),
  };
}

Deno.test("compileRateLimits() reports the remaining quota on every response, then responds 429", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), limits());
  const policy = '"default";q=2;w=60';
  assertEquals(await send(server, "GET /notes/1"), {
    status: 200,
    policy,
    state: '"default";r=1;t=…',
    retryAfter: null,
  });
  assertEquals(await send(server, "GET /notes/9"), {
    status: 404,
    policy,
    state: '"default";r=0;t=…',
    retryAfter: null,
  });
  const response = await server.fetch(new Request("http://localhost/notes"));
  assertMatch(response.headers.get("RateLimit") ?? "", /^"default";r=0;t=([1-9]|[1-5]\d|60)$/);
  assertMatch(response.headers.get("Retry-After") ?? "", /^([1-9]|[1-5]\d|60)$/);
  const { type, status } = await response.json();
  assertEquals([response.status, status, type], [429, 429, "/problems/rate-limited"]);
});

Deno.test("compileRateLimits() counts operations, but not the server's own endpoints", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), limits());
  const own = ["/livez", "/readyz", "/healthz", "/problems/not-found", "/openapi/note.json", "/nowhere"];
  for (const path of [...own, ...own, ...own]) {
    const { status, policy, state } = await send(server, `GET ${path}`);
    assertEquals([status === 429, policy, state], [false, null, null], path);
  }
  assertEquals((await send(server, "OPTIONS /notes")).policy, null);
  assertEquals((await send(server, "GET /notes")).state, '"default";r=1;t=…');
});

Deno.test("compileRateLimits() counts an operation with a policy of its own separately", async () => {
  const operationPolicies = new Map([["listNotes", { name: "listNotes", quota: 1, windowSeconds: 10 }]]);
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), limits({ operationPolicies }));
  const first = await send(server, "GET /notes");
  assertEquals([first.status, first.policy], [200, '"listNotes";q=1;w=10']);
  assertEquals((await send(server, "GET /notes")).status, 429);
  assertEquals((await send(server, "GET /notes/1")).state, '"default";r=1;t=…');
});

Deno.test("compileRateLimits() rejects a policy for an unknown operation, and lists the known ones", () => {
  const operationPolicies = new Map([["listNote", { name: "listNote", quota: 1, windowSeconds: 10 }]]);
  const error = assertThrows(
    () => createServer("127.0.0.1", 0, withApi(noteApi()), limits({ operationPolicies })),
    UnknownOperationError,
  );
  assert(error.operationIds.includes("listNotes"));
});

Deno.test("compileRateLimits() counts callers by principal, and addresses before authentication", async () => {
  const authenticator = new NameAuthenticator();
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(securedNotes()),
    withAuthenticator(authenticator),
    limits(),
  );
  const as = (name: string): Promise<Seen> => send(server, "GET /notes", { Authorization: `Bearer ${name}` });
  assertEquals((await as("ann")).state, '"default";r=1;t=…');
  assertEquals((await as("ann")).state, '"default";r=0;t=…');
  assertEquals([(await as("ann")).status, (await as("bob")).status], [429, 200]);
  const refused = await as("forged");
  assertEquals([refused.status, refused.policy, refused.state], [
    401,
    '"address";q=5;w=30',
    '"address";r=0;t=…',
  ]);
  assertEquals(authenticator.calls, 5);
  for (const name of ["forged", "bob", "carl"]) {
    const { status, policy } = await as(name);
    assertEquals([status, policy], [429, '"address";q=5;w=30']);
  }
  assertEquals(authenticator.calls, 5);
});

Deno.test("compileRateLimits() limits addresses without authentication, and in public operations", async () => {
  const addressPolicy = { name: "address", quota: 1, windowSeconds: 30 };
  const unsecured = [withApi(securedNotes())];
  const open = [withApi(noteApi()), withAuthenticator(new NameAuthenticator())];
  for (const options of [unsecured, open]) {
    await using server = createServer(
      "127.0.0.1",
      0,
      ...options,
      limits({ addressPolicy }),
    );
    assertEquals((await send(server, "GET /notes")).state, '"default";r=1;t=…');
    const { status, policy } = await send(server, "GET /notes/1");
    assertEquals([status, policy], [429, '"address";q=1;w=30']);
  }
});

Deno.test("compileRateLimits() counts IPv6 clients by network, and trusts only trusted proxies", async () => {
  const forwarding = (server: { url: string }, address: string): Promise<Seen> =>
    fetch(`${server.url}/notes`, { headers: { "X-Forwarded-For": address } }).then(seen);
  for (const [trusted, states] of [[["127.0.0.1"], [1, 0, 1]], [["192.0.2.1"], [1, 0, 0]]] as const) {
    await using server = createServer(
      "127.0.0.1",
      0,
      withApi(noteApi()),
      limits(),
      withTrustedProxies(trustProxies(...trusted)),
    );
    const listening = await server.listen();
    const found = [];
    for (const address of ["2001:db8::1", "2001:db8:0:0:ffff::2", "2001:db8:0:1::1"]) {
      found.push((await forwarding(listening, address)).state);
    }
    assertEquals(found, states.map((left) => `"default";r=${left};t=…`));
  }
});

Deno.test("compileRateLimits() does nothing without limits", async () => {
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()));
  for (let i = 0; i < 5; i++) {
    const { status, policy, state } = await send(server, "GET /notes");
    assertEquals([status, policy, state], [200, null, null]);
  }
});

function exchangeFrom(hostname?: string, subject?: string): Exchange {
  const peer = hostname === undefined
    ? undefined
    : { remoteAddr: { transport: "tcp" as const, hostname, port: 1 } };
  const exchange = new Exchange(new Request("http://localhost/"), { peer });
  if (subject !== undefined) exchange.principal = { subject, scopes: new Set() };
  return exchange;
}

Deno.test("addressKey() is the same for all addresses of one client", () => {
  const keys = [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "2001:db8::1",
    "2001:db8:0:0:ffff::2",
    "2001:db8:0:1::1",
    "fe80::1%eth0",
  ]
    .map((hostname) => addressKey(exchangeFrom(hostname)));
  assertEquals(keys, [
    "address 192.0.2.1",
    "address 192.0.2.1",
    "address 2001:db8:0:0::/64",
    "address 2001:db8:0:0::/64",
    "address 2001:db8:0:1::/64",
    "address fe80:0:0:0::/64",
  ]);
  assertEquals(addressKey(exchangeFrom()), "address");
});

Deno.test("callerKey() is unambiguous and of bounded length", () => {
  assertEquals(callerKey(exchangeFrom("192.0.2.1")), "address 192.0.2.1");
  const subjects = ["ann", "192.0.2.1", "address 192.0.2.1", "# x", "a".repeat(129), "a".repeat(130)];
  const keys = subjects.map((subject) => callerKey(exchangeFrom("192.0.2.1", subject)));
  assertEquals(new Set([...keys, "address 192.0.2.1"]).size, subjects.length + 1);
  assertEquals(keys[0], "principal ann");
  assert(keys.every((key) => key.length < 150));
});
