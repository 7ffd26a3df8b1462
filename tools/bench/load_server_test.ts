import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadServer } from "./load_server.ts";
import { reads } from "./workload.ts";

const { signal } = new AbortController();
const PATHS = ["/a", "/b", "/c"];
const workload = reads(PATHS);
const options = { connections: 3, milliseconds: 100, signal };

function serve(handler: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}

Deno.test("loadServer() counts exactly the requests that the server saw", async () => {
  const seen: string[] = [];
  await using server = serve(({ url }) => {
    seen.push(new URL(url).pathname);
    return Response.json({ seen: seen.length });
  });
  const { requests } = await loadServer(server.addr, workload, options);
  assert(requests > 0);
  assertEquals(requests, seen.length);
  assertEquals(new Set(seen), new Set(PATHS));
});

Deno.test("loadServer() rejects statuses that are neither 2xx nor expected, and broken connections", async () => {
  await using server = serve(() => new Response("", { status: 503 }));
  await assertRejects(() => loadServer(server.addr, workload, options), Error, "times 503");
  assertEquals((await loadServer(server.addr, workload, { ...options, mayReject: true })).requests, 0);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const load = loadServer(listener.addr, workload, { ...options, connections: 1 });
  (await listener.accept()).close();
  await assertRejects(() => load, Error);
});
