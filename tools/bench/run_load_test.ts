import { assert, assertEquals, assertRejects } from "@std/assert";
import { type RequestSource, runLoad } from "./run_load.ts";

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
const source = { next: () => REQUEST };
const options = { connections: 4, milliseconds: 100 };

function serve(handler: () => Response): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
}

Deno.test("runLoad() counts exactly the requests that the server saw", async () => {
  let seen = 0;
  await using server = serve(() => {
    seen++;
    return Response.json({ seen });
  });
  const { requests, otherStatuses, p50, p99 } = await runLoad(server.addr, () => source, options);
  assert(requests > 0);
  assertEquals(requests, seen);
  assertEquals(otherStatuses, {});
  assert(p50 <= p99);
});

Deno.test("runLoad() counts other statuses than 2xx apart", async () => {
  let seen = 0;
  await using server = serve(() => new Response(null, { status: seen++ % 2 === 0 ? 204 : 503 }));
  const { requests, otherStatuses } = await runLoad(server.addr, () => source, options);
  assertEquals(requests + (otherStatuses["503"] ?? 0), seen);
  assertEquals(Object.keys(otherStatuses), ["503"]);
});

Deno.test("runLoad() prepares a source and passes it the responses", async () => {
  let seen = 0;
  await using server = serve(() => new Response("", { headers: { ETag: `"${seen++}"` } }));
  const etags: (string | undefined)[] = [];
  const recording: RequestSource = {
    next: () => REQUEST,
    prepare: async (exchange) => void etags.push((await exchange(REQUEST)).etag),
    received: ({ etag }) => etags.push(etag),
  };
  const { requests } = await runLoad(server.addr, () => recording, { connections: 1, milliseconds: 50 });
  assertEquals(etags, Array.from({ length: requests + 1 }, (_, index) => `"${index}"`));
});

Deno.test("runLoad() rejects when a connection breaks", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closing = (async () => {
    for await (const connection of listener) connection.close();
  })();
  await assertRejects(
    () => runLoad(listener.addr, () => source, { connections: 1, milliseconds: 1000 }),
    Error,
  );
  listener.close();
  await closing;
});
