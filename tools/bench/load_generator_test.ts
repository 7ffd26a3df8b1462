import { assert, assertEquals, assertRejects } from "@std/assert";
import { LoadGenerator } from "./programs.ts";

const options = { connections: 3, milliseconds: 100 };

Deno.test("LoadGenerator.run() counts exactly the requests that the server saw, load after load", async () => {
  let seen = 0;
  const paths = new Set<string>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    seen++;
    paths.add(new URL(request.url).pathname);
    return Response.json({ seen });
  });
  await using generator = new LoadGenerator();
  const scenario = { kind: "read", paths: ["/a", "/b", "/c"] } as const;
  for (let round = 0; round < 2; round++) {
    seen = 0;
    const { requests } = await generator.run({ target: server.addr, scenario, options });
    assert(requests > 0);
    assertEquals(requests, seen);
  }
  assertEquals(paths, new Set(["/a", "/b", "/c"]));
});

Deno.test("LoadGenerator.run() rejects when a status is not 2xx", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("", { status: 500 }),
  );
  await using generator = new LoadGenerator();
  const scenario = { kind: "read", paths: ["/"] } as const;
  await assertRejects(() => generator.run({ target: server.addr, scenario, options }), Error, "times 500");
});
