import { assert, assertEquals, assertRejects } from "@std/assert";
import { LoadGenerator } from "./load_generator.ts";

const workload = { kind: "read", paths: ["/a", "/b", "/c"] } as const;
const options = { workload, connections: 3, milliseconds: 100 };

function serve(handler: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}

Deno.test("LoadGenerator.run() counts exactly the requests that the server saw, load after load", async () => {
  const seen: string[] = [];
  await using server = serve(({ url }) => {
    seen.push(new URL(url).pathname);
    return Response.json({ seen: seen.length });
  });
  await using generator = new LoadGenerator();
  for (let round = 0; round < 2; round++) {
    seen.length = 0;
    const { requests } = await generator.run({ ...options, target: server.addr });
    assert(requests > 0);
    assertEquals(requests, seen.length);
    assertEquals(new Set(seen), new Set(workload.paths));
  }
});

Deno.test("LoadGenerator.run() rejects statuses that are neither 2xx nor expected, and broken connections", async () => {
  await using server = serve(() => new Response("", { status: 503 }));
  await using generator = new LoadGenerator();
  const command = { ...options, target: server.addr };
  await assertRejects(() => generator.run(command), Error, "times 503");
  assertEquals((await generator.run(command, [503])).requests, 0);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const run = generator.run({ ...options, target: listener.addr, connections: 1 });
  (await listener.accept()).close();
  await assertRejects(() => run, Error, "The load failed");
});
