import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadServer } from "./load_server.ts";
import { patches, reads } from "./workload.ts";

const { signal } = new AbortController();
const PATHS = ["/a", "/b", "/c"];
const options = { connections: 3, milliseconds: 100, signal };

function serve(handler: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}

Deno.test("loadServer() counts exactly the requests that the server saw, rejected ones apart", async () => {
  const seen: string[] = [];
  await using server = serve(({ url }) => {
    const status = seen.push(new URL(url).pathname) % 2 === 0 ? 503 : 200;
    return Response.json({ status }, { status });
  });
  const load = await loadServer(server.addr, reads(PATHS), { ...options, mayReject: true });
  const { requests, rejected = 0, otherStatuses, p50, p99 } = load;
  assertEquals([requests, rejected], [Math.ceil(seen.length / 2), Math.floor(seen.length / 2)]);
  assert(rejected > 0 && p50 > 0 && p50 <= p99);
  assertEquals(otherStatuses, { "503": rejected });
  assertEquals(new Set(seen), new Set(PATHS));
});

Deno.test("loadServer() calls onPrepared() between the preparing requests and the load", async () => {
  const seen: string[] = [];
  await using server = serve(({ method }) => {
    seen.push(method);
    return new Response("", { headers: { ETag: '"1"' } });
  });
  let prepared = 0;
  await loadServer(server.addr, patches(PATHS), {
    ...options,
    onPrepared: () => Promise.resolve(void (prepared = seen.length)),
  });
  assertEquals(seen.slice(0, prepared), ["GET", "GET", "GET"]);
  assertEquals(new Set(seen.slice(prepared)), new Set(["PATCH"]));
});

Deno.test("loadServer() rejects unexpected statuses, broken connections and an aborted signal", async () => {
  await using server = serve(() => new Response("", { status: 503 }));
  await assertRejects(() => loadServer(server.addr, reads(PATHS), options), Error, "times 503");
  const aborted = { ...options, signal: AbortSignal.abort(new Error("stopped")) };
  await assertRejects(() => loadServer(server.addr, reads(PATHS), aborted), Error, "stopped");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const load = loadServer(listener.addr, reads(PATHS), { ...options, connections: 1 });
  (await listener.accept()).close();
  await assertRejects(() => load, Error);
});
