import { assertEquals } from "@std/assert";
import type { Operation, ResponseMediaType } from "../operation.ts";
import { Exchange } from "../request/exchange.ts";
import { compileResponses, createNegotiation, isNegotiated } from "./response.ts";

Deno.test("createNegotiation() chooses the client's preference", () => {
  const negotiate = createNegotiation(["application/json", "text/csv"]);
  const expected: [string | null, string | undefined][] = [
    [null, "application/json"],
    ["", "application/json"],
    ["text/*", "text/csv"],
    ["text/csv, application/json;q=0.5", "text/csv"],
    ["*/*;q=0.1, text/csv", "text/csv"],
    ["application/json;q=0, */*", "text/csv"],
    ["APPLICATION/JSON", "application/json"],
    ["image/png", undefined],
    ["*/*;q=0", undefined],
  ];
  for (const [accept, best] of expected) {
    assertEquals(negotiate(accept), best, String(accept));
    assertEquals(negotiate(accept), best, `${accept}, again`);
  }
});

Deno.test("createNegotiation() accepts a range if a type of it is accepted", () => {
  const negotiate = createNegotiation(["image/*", "application/json"]);
  const expected: [string, string | undefined][] = [
    ["image/png", "image/*"],
    ["IMAGE/PNG;q=0.1", "image/*"],
    ["image/*", "image/*"],
    ["application/json, image/png", "application/json"],
    ["image/png;q=0", undefined],
    ["text/html", undefined],
  ];
  for (const [accept, best] of expected) assertEquals(negotiate(accept), best, accept);
});

Deno.test("createNegotiation() caches a bounded number of headers", () => {
  const negotiate = createNegotiation(["application/json"]);
  for (let i = 0; i < 1000; i++) assertEquals(negotiate(`application/json, x/${i}`), "application/json");
});

Deno.test("isNegotiated() is true if an Accept header can change a successful response", () => {
  const content = (...mediaTypes: string[]): { content: ResponseMediaType[]; headers: [] } => ({
    content: mediaTypes.map((mediaType) => ({ mediaType, codec: "json" })),
    headers: [],
  });
  const problem = content("application/problem+json");
  const one = content("application/json");
  const cases: readonly (readonly [Parameters<typeof isNegotiated>[0]["responses"], boolean])[] = [
    [{ "204": content() }, false],
    [{ "200": one, "404": problem }, false],
    [{ "200": one, "201": one }, false],
    [{ "200": content("application/json", "text/csv") }, true],
    [{ "200": one, "206": content("text/csv") }, true],
    [{ "200": content("image/*") }, true],
  ];
  for (const [responses, expected] of cases) {
    assertEquals(isNegotiated({ responses }), expected, Object.keys(responses).join());
  }
});

Deno.test("compileResponses() sends Vary for operations with several media types, with 304 and HEAD too", async () => {
  const result = { status: 200, headers: { ETag: '"1"' }, contentType: "text/csv", body: "a,b" };
  const types = (mediaTypes: readonly string[]): Operation => ({
    operationId: "read",
    method: "GET",
    path: "/",
    parameters: [],
    security: [],
    extensions: {},
    responses: {
      "200": { content: mediaTypes.map((mediaType) => ({ mediaType, codec: "text" })), headers: [] },
    },
  });
  for (const [mediaTypes, vary] of [[["text/csv"], null], [["text/csv", "text/plain"], "Accept"]] as const) {
    const write = compileResponses(types(mediaTypes));
    for (
      const [method, headers] of [["GET", {}], ["HEAD", {}], ["GET", { "If-None-Match": '"1"' }]] as const
    ) {
      const exchange = new Exchange(new Request("http://localhost/", { method, headers }));
      const response = write(result, exchange);
      assertEquals([response.status, response.headers.get("Vary")], [
        "If-None-Match" in headers ? 304 : 200,
        vary,
      ]);
      await response.body?.cancel();
    }
  }
});
