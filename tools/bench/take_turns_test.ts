import { assert, assertEquals } from "@std/assert";
import { LoadGenerator } from "./programs.ts";
import { mediansOf, ratioOf, takeTurns } from "./take_turns.ts";

const RESULT = { requests: 0, requestsPerSecond: 0, p50: 0, p99: 0, otherStatuses: {} };

Deno.test("takeTurns() runs every variant in every round, one at a time, and begins with another each time", async () => {
  const seen: string[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
  await using server = Deno.serve(options, ({ url }) => {
    const { pathname } = new URL(url);
    if (seen.at(-1) !== pathname) seen.push(pathname);
    return new Response("ok");
  });
  await using generator = new LoadGenerator();
  const variants = ["/a", "/b", "/c"].map((path) => ({
    target: { hostname: "127.0.0.1", port: server.addr.port },
    scenario: { kind: "read", paths: [path] } as const,
  }));
  const { signal } = new AbortController();
  const rounds = await takeTurns(variants, { generator, rounds: 3, seconds: 0.02, connections: 2, signal });
  assertEquals(rounds.map((results) => results.length), [3, 3, 3]);
  assert(rounds.flat().every(({ requests }) => requests > 0));
  // First to warm up; where one ends a round and begins the next, it is seen once.
  assertEquals(seen.join(""), "/a/b/c/a/b/c/b/c/a/c/a/b");
});

Deno.test("ratioOf() divides round by round", () => {
  const slow = [100, 200, 300].map((p50) => ({ ...RESULT, p50 }));
  const fast = [50, 50, 200].map((p50) => ({ ...RESULT, p50 }));
  assertEquals(ratioOf(slow, fast, "p50"), { median: 2, min: 1.5, max: 4 });
});

Deno.test("mediansOf() takes each median by itself", () => {
  const rounds = [[1, 30], [2, 20], [3, 10]].map(([p50 = 0, p99 = 0]) => ({ ...RESULT, p50, p99 }));
  assertEquals(mediansOf(rounds), { requestsPerSecond: 0, p50: 2, p99: 20 });
});
