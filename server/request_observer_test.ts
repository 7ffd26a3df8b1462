import { assertEquals } from "@std/assert";
import type { Exchange } from "./request/exchange.ts";
import { type RequestObserver, responseBytes } from "./request_observer.ts";
import { createServer } from "./server.ts";
import { withApi, withObserver } from "./server_options.ts";
import { noteApi } from "./testing/note_api.ts";
import { JSON_TYPE, send, sendForProblem } from "./testing/note_client.ts";

/** Returns an observer that records one entry per response. */
function observed(): { readonly observer: RequestObserver; readonly seen: unknown[][] } {
  const seen: unknown[][] = [];
  const observer: RequestObserver = (serve) => async (exchange: Exchange): Promise<Response> => {
    const response = await serve(exchange);
    seen.push([exchange.route, response.status, exchange.problem, responseBytes(response, exchange)]);
    return response;
  };
  return { observer, seen };
}

Deno.test("withObserver() sees the route, the problem and the size of every response", async () => {
  const { observer, seen } = observed();
  const bodies: number[] = [];
  for (
    const [path, init] of [
      ["/notes/1", {}],
      ["/notes/1", { method: "HEAD" }],
      ["/notes/2", {}],
      ["/livez", { method: "PUT" }],
      ["/nope/ada@example.com", {}],
      ["/notes", { method: "POST", headers: JSON_TYPE, body: "{" }],
      ["/livez", {}],
      ["/problems/not-found", {}],
    ] as const
  ) {
    const response = await send(path, init, withObserver(observer));
    bodies.push((await response.bytes()).length);
  }
  assertEquals(seen.map(([route, status, problem]) => [route, status, problem]), [
    ["/notes/{id}", 200, undefined],
    ["/notes/{id}", 200, undefined],
    ["/notes/{id}", 409, "note-locked"],
    ["/livez", 405, "method-not-allowed"],
    ["", 404, "not-found"],
    ["/notes", 400, "malformed-request"],
    ["/livez", 200, undefined],
    ["/problems/{slug}", 200, undefined],
  ]);
  assertEquals(seen.map(([, , , bytes]) => bytes), bodies);
});

Deno.test("withObserver() makes the first observer the outermost", async () => {
  const order: string[] = [];
  const named = (name: string): RequestObserver => (serve) => async (exchange): Promise<Response> => {
    order.push(`${name} begins`);
    const response = await serve(exchange);
    order.push(`${name} ends`);
    return response;
  };
  await (await send("/livez", {}, withObserver(named("outer")), withObserver(named("inner")))).body?.cancel();
  assertEquals(order, ["outer begins", "inner begins", "inner ends", "outer ends"]);
});

Deno.test("Server.fetch() includes the trace ID of the request in problems", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const traceIdOf = async (headers: Record<string, string>): Promise<string | undefined> =>
    (await sendForProblem("/nope", { headers })).traceId;
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const xray = "Root=1-5759e988-bd862e3fe1be46a994272793";
  assertEquals(await traceIdOf({}), undefined);
  assertEquals(await traceIdOf({ traceparent }), traceId);
  assertEquals(await traceIdOf({ "X-Amzn-Trace-Id": xray }), "5759e988bd862e3fe1be46a994272793");
  assertEquals(await traceIdOf({ traceparent, "X-Amzn-Trace-Id": xray }), traceId);
  assertEquals(await traceIdOf({ traceparent: "garbage", "X-Amzn-Trace-Id": "garbage" }), undefined);
  const traced: RequestObserver = (serve) => (exchange): Promise<Response> => {
    exchange.ownTraceId = "00000000000000000000000000000001";
    return serve(exchange);
  };
  const problem = await sendForProblem("/nope", { headers: { traceparent } }, withObserver(traced));
  assertEquals(problem.traceId, "00000000000000000000000000000001");
});

Deno.test("responseBytes() does not change the response or its Content-Length", async () => {
  const { observer, seen } = observed();
  await using server = createServer("127.0.0.1", 0, withApi(noteApi()), withObserver(observer));
  const { url } = await server.listen();
  for (const [method, path] of [["GET", "/notes/1"], ["GET", "/notes/2"], ["DELETE", "/notes/1"]] as const) {
    const response = await fetch(url + path, { method });
    const { length } = await response.bytes();
    assertEquals(Number(response.headers.get("Content-Length")), length);
    assertEquals(response.headers.get("Transfer-Encoding"), null);
    assertEquals(seen.at(-1)?.at(-1), length);
  }
});
