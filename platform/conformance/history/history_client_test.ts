import { assertEquals, assertRejects } from "@std/assert";
import { linkedPath } from "../client.ts";
import { exchange, type HistoryRequest, openNetwork } from "./history_client.ts";

/** Returns a body that never ends. */
function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4 * 1_048_576)) });
}

/** Returns the outcome of a request with a response, or without one. */
async function outcomeOf(method: string, respond: () => Response | Promise<Response>): Promise<string> {
  const request: HistoryRequest = { method, path: "/", ...(method === "GET" ? {} : { body: {} }) };
  const target = {
    origin: "http://localhost",
    fetch: (): Promise<Response> => Promise.resolve().then(respond),
  };
  const client = { process: 0, targets: [target] as const, fields: [], random: () => 0, timeoutMs: 60_000 };
  return (await exchange(client, request)).outcome;
}

Deno.test("exchange() knows that nothing was done only where the response, or the lack of a connection, says so", async () => {
  const retry = { headers: { "Retry-After": "1" } };
  const lost = (): never => {
    throw new TypeError("fetch failed", {
      cause: new Error("client error (SendRequest): connection closed"),
    });
  };
  const refused = (): never => {
    throw new TypeError("fetch failed", { cause: new Error("client error (Connect): connection refused") });
  };
  const responses: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ["ok fail", (): Response => new Response(null, { status: 200 })],
    ["fail fail", (): Response => new Response(null, { status: 412 })],
    ["fail fail", (): Response => new Response(null, { status: 503, ...retry })],
    ["unknown fail", (): Response => new Response(null, { status: 503 })],
    ["unknown fail", (): Response => new Response(null, { status: 500, ...retry })],
    ["unknown fail", (): Response => new Response(null, { status: 307, headers: { Location: "/" } })],
    ["unknown fail", (): Response => new Response(endless())],
    ["unknown fail", lost],
    ["fail fail", refused],
  ];
  for (const [expected, respond] of responses) {
    const [write = "", read = ""] = expected.split(" ");
    const isRead = await outcomeOf("GET", respond);
    assertEquals([await outcomeOf("POST", respond), isRead], [write, write === "ok" ? "ok" : read], expected);
  }
});

Deno.test("exchange() fails where no program listens, and sends a body as JSON with the fields of its client", async () => {
  using network = openNetwork();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const client = {
    process: 0,
    fields: [["Authorization", "Bearer x"] as const],
    random: () => 0,
    timeoutMs: 60_000,
  };
  const nowhere = await exchange({ ...client, targets: [{ origin, fetch: network.fetch }] }, {
    method: "POST",
    path: "/",
    body: {},
  });
  assertEquals([nowhere.outcome, nowhere.status], ["fail", 0]);
  const echo = async (request: Request): Promise<Response> =>
    Response.json({ fields: Object.fromEntries(request.headers), body: await request.json() });
  const { body } = await exchange(
    { ...client, targets: [{ origin, fetch: echo }] },
    { method: "POST", path: "/", headers: { "If-Match": "*" }, body: { a: 1 } },
  );
  assertEquals(body, {
    fields: { authorization: "Bearer x", "content-type": "application/json", "if-match": "*" },
    body: { a: 1 },
  });
});

Deno.test("exchange() sends nothing to another host than its target, whatever a path says", async () => {
  const fetched = (): never => {
    throw new Error("A request was sent");
  };
  const target = { origin: "http://127.0.0.1:1847", fetch: fetched };
  const client = { process: 0, targets: [target] as const, fields: [], random: () => 0, timeoutMs: 60_000 };
  for (
    const path of ["9/steal", "@127.0.0.2/steal", "//127.0.0.2/", "/\\127.0.0.2/", "http://127.0.0.2/", ""]
  ) {
    await assertRejects(() => exchange(client, { path }), TypeError, "it gets no request", path);
  }
  const links = ["data:9/steal", "//127.0.0.2/", "http://127.0.0.1:18479/", "/.//127.0.0.2/", "/b?c#d", "?c"];
  const found = links.map((link) => linkedPath(link, `${target.origin}/a?b`));
  assertEquals(found, [undefined, undefined, undefined, undefined, "/b?c", "/a?c"]);
});
