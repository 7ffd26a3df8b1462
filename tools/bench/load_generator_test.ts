import { assert, assertEquals, assertRejects } from "@std/assert";
import { LoadGenerator } from "./load_generator.ts";

const options = { connections: 3, milliseconds: 100 };
const serveOptions = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };

Deno.test("LoadGenerator.run() sends the requests of a workload, load after load", async () => {
  const seen: string[] = [];
  await using server = Deno.serve(serveOptions, ({ url }) => {
    seen.push(new URL(url).pathname);
    return new Response("ok");
  });
  await using generator = new LoadGenerator();
  const workload = { kind: "read", paths: ["/a", "/b", "/c"] } as const;
  for (let round = 0; round < 2; round++) {
    seen.length = 0;
    const { requests } = await generator.run({ target: server.addr, workload, options });
    assert(requests > 0);
    assertEquals(requests, seen.length);
    assertEquals(new Set(seen), new Set(workload.paths));
  }
});

Deno.test("LoadGenerator.run() rejects statuses that are neither 2xx nor expected", async () => {
  await using server = Deno.serve(serveOptions, () => new Response("", { status: 503 }));
  await using generator = new LoadGenerator();
  const command = { target: server.addr, workload: { kind: "read", paths: ["/"] }, options } as const;
  await assertRejects(() => generator.run(command), Error, "times 503");
  assertEquals((await generator.run(command, { expected: [503] })).requests, 0);
});
