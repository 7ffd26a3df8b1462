import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  balancerEvent,
  type EventRequest,
  functionUrlEvent,
  httpApiEvent,
  restApiEvent,
} from "@archway/tools/support/lambda/lambda_events.ts";
import { requestOf } from "./event_request.ts";
import { type HttpEvent, parseHttpEvent } from "./http_event.ts";

const OPTIONS = { invocationId: "i-1", traceId: undefined, basePath: "" };

function parse(event: unknown): HttpEvent {
  const parsed = parseHttpEvent(event);
  assert(parsed !== undefined);
  return parsed;
}

/** Events of every kind for one request. */
function everyEvent(request: EventRequest): readonly object[] {
  return [
    httpApiEvent(request),
    functionUrlEvent(request),
    restApiEvent(request),
    balancerEvent(request),
    balancerEvent(request, { isMulti: true }),
  ];
}

Deno.test("requestOf() returns method, target, headers and body of events of every kind", async () => {
  const events = everyEvent({
    method: "POST",
    path: "/v1/contacts/a%2Fb",
    query: "q=caf%C3%A9%20a%26b&x=",
    headers: { "content-type": "application/json", authorization: "Bearer t" },
    body: '{"name":"Zoë"}',
  });
  for (const event of events) {
    const request = requestOf(parse(event), OPTIONS);
    const url = new URL(request.url);
    assertEquals(request.method, "POST");
    assertEquals(url.pathname, "/v1/contacts/a%2Fb");
    assertEquals([...url.searchParams], [["q", "café a&b"], ["x", ""]]);
    assertEquals(request.headers.get("authorization"), "Bearer t");
    assertEquals(request.headers.get("host"), url.host);
    assertEquals(request.headers.get("x-request-id"), "i-1");
    assertEquals(request.headers.get("content-length"), "15");
    assertEquals(await request.json(), { name: "Zoë" });
  }
});

Deno.test("requestOf() decodes binary bodies of events of every kind", async () => {
  for (const event of everyEvent({ method: "PUT", body: "AP+AAQ==", isBase64Encoded: true })) {
    const request = requestOf(parse(event), OPTIONS);
    assertEquals([...new Uint8Array(await request.arrayBuffer())], [0, 255, 128, 1]);
  }
});

Deno.test("requestOf() keeps repeated parameters and joins cookies", () => {
  for (
    const event of [
      httpApiEvent({ query: "a=1&a=2", cookies: ["a=1", "b=2"] }),
      restApiEvent({ query: "a=1&a=2", headers: { Cookie: "a=1; b=2" } }),
      balancerEvent({ query: "a=1&a=2", headers: { cookie: "a=1; b=2" } }, { isMulti: true }),
    ]
  ) {
    const request = requestOf(parse(event), OPTIONS);
    assertEquals(new URL(request.url).searchParams.getAll("a"), ["1", "2"]);
    assertEquals(request.headers.get("cookie"), "a=1; b=2");
  }
});

Deno.test("requestOf() encodes what senders have decoded, and nothing twice", () => {
  const pathOf = (path: string): string =>
    new URL(requestOf(parse(restApiEvent({ path })), OPTIONS).url).pathname;
  assertEquals(pathOf("/a b/é?#"), "/a%20b/%C3%A9%3F%23");
  assertEquals(pathOf("/100%/a%20b"), "/100%25/a%20b");
  assertEquals(pathOf("//other.example/x"), "//other.example/x");
  assertEquals(pathOf("/a\\b"), "/a%5Cb");
  assertEquals(pathOf("/v1/keys:revoke;v=1"), "/v1/keys:revoke;v=1");
});

Deno.test("requestOf() removes the stage of the API's own domain, or the path of the public URL", () => {
  const pathOf = (event: object, basePath = ""): string =>
    new URL(requestOf(parse(event), { ...OPTIONS, basePath }).url).pathname;
  assertEquals(pathOf(httpApiEvent({ path: "/prod/v1/a" }, { stage: "prod" })), "/v1/a");
  assertEquals(pathOf(httpApiEvent({ path: "/prod" }, { stage: "prod" })), "/");
  assertEquals(pathOf(httpApiEvent({ path: "/products" }, { stage: "prod" })), "/products");
  assertEquals(pathOf(httpApiEvent({ path: "/v1/a" }, { stage: "v1", domain: "api.example" })), "/v1/a");
  assertEquals(pathOf({ ...restApiEvent({ path: "/prod/v1/a" }), version: "1.0" }), "/v1/a");
  assertEquals(pathOf(restApiEvent({ path: "/base/v1/a" }), "/base"), "/v1/a");
});

Deno.test("requestOf() rejects events that are no valid HTTP requests", () => {
  for (
    const event of [
      httpApiEvent({ method: "CONNECT" }),
      httpApiEvent({ method: "GET POST" }),
      httpApiEvent({ headers: { "x y": "z" } }),
      httpApiEvent({ headers: { host: "a b" } }),
      httpApiEvent({ path: "/\ud800" }),
    ]
  ) assertThrows(() => requestOf(parse(event), OPTIONS));
});

Deno.test("parseHttpEvent() takes the client's address from the gateway alone", () => {
  for (const event of everyEvent({})) assertEquals(parse(event).clientAddress, "198.51.100.7");
  const source = (value: string): string | undefined =>
    parse(balancerEvent({ headers: { "x-forwarded-for": value } })).clientAddress;
  assertEquals(source("192.0.2.1,2001:db8::7"), "2001:db8::7");
  assertEquals(source("192.0.2.1, 198.51.100.7:4711"), "198.51.100.7");
  assertEquals(source("192.0.2.1, [2001:db8::7]:4711"), "2001:db8::7");
  assertEquals(source("unknown"), undefined);
});

Deno.test("parseHttpEvent() returns undefined for events of other kinds", () => {
  for (
    const event of [
      undefined,
      null,
      1,
      "text",
      [],
      {},
      { requestContext: null },
      { requestContext: { elb: {} } },
      { requestContext: { http: {} }, rawPath: "/" },
      { requestContext: { http: { method: "GET" } }, rawPath: 1 },
      { requestContext: { connectionId: "c", eventType: "MESSAGE" }, body: "x" },
      { Records: [{ eventSource: "aws:sqs", body: "x" }] },
      { "detail-type": "Scheduled Event", source: "aws.events" },
    ]
  ) assertEquals(parseHttpEvent(event), undefined);
});

Deno.test("parseHttpEvent() ignores members of another type than documented", () => {
  const event = parse({
    requestContext: { http: { method: "GET", sourceIp: 7 }, domainName: {}, stage: [] },
    rawPath: "/x",
    rawQueryString: null,
    headers: { a: 1, b: "2" },
    cookies: "a=1",
    body: {},
    isBase64Encoded: "true",
  });
  assertEquals([...event.headers], [["b", "2"]]);
  assertEquals([event.query, event.body, event.isBase64Encoded, event.clientAddress], [
    "",
    undefined,
    false,
    undefined,
  ]);
});
