import { assertEquals, assertRejects } from "@std/assert";
import { payloadOf } from "./event_response.ts";
import type { EventForm } from "./http_event.ts";
import { responseStream } from "./response_stream.ts";

const NEVER = new AbortController().signal;

async function payload(response: Response, form: EventForm): Promise<Record<string, unknown>> {
  return JSON.parse(await payloadOf(response, { form, signal: NEVER }));
}

function response(): Response {
  return new Response('{"name":"Zoë"}', {
    status: 201,
    headers: [
      ["Content-Type", "application/json"],
      ["Connection", "close"],
      ["Content-Length", "15"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2; Path=/"],
    ],
  });
}

Deno.test("payloadOf() returns status, headers, cookies and body in the form of each sender", async () => {
  const common = { statusCode: 201, body: '{"name":"Zoë"}', isBase64Encoded: false };
  assertEquals(await payload(response(), "gateway-2"), {
    ...common,
    headers: { "content-type": "application/json" },
    cookies: ["a=1", "b=2; Path=/"],
  });
  const many = {
    multiValueHeaders: { "content-type": ["application/json"], "set-cookie": ["a=1", "b=2; Path=/"] },
  };
  assertEquals(await payload(response(), "gateway-1"), { ...common, ...many });
  assertEquals(await payload(response(), "balancer-multi"), {
    ...common,
    ...many,
    statusDescription: "201 Created",
  });
  assertEquals(await payload(response(), "balancer"), {
    ...common,
    statusDescription: "201 Created",
    headers: { "content-type": "application/json", "set-cookie": "a=1", "Set-cookie": "b=2; Path=/" },
  });
});

Deno.test("payloadOf() encodes bodies that are no text in base64", async () => {
  const { body, isBase64Encoded } = await payload(
    new Response(new Uint8Array([0x1f, 0x8b, 0xff])),
    "gateway-2",
  );
  assertEquals([body, isBase64Encoded], ["H4v/", true]);
  const empty = await payload(new Response(null, { status: 204 }), "gateway-1");
  assertEquals([empty["body"], empty["isBase64Encoded"]], ["", false]);
});

Deno.test("payloadOf() replaces responses that are larger than their maximum", async () => {
  const fits = await payload(new Response("x".repeat(6_000_000)), "gateway-2");
  assertEquals(fits["statusCode"], 200);
  const quoted = await payload(new Response('"'.repeat(3_500_000)), "gateway-2");
  assertEquals(quoted["statusCode"], 500);
  const { statusCode, body } = await payload(new Response("x".repeat(1_048_576)), "balancer");
  assertEquals(statusCode, 500);
  assertEquals(JSON.parse(String(body)), {
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    detail:
      "The response is larger than 1048576 bytes, the maximum here; request less, such as a smaller page",
  });
});

Deno.test("payloadOf() replaces responses that are not complete in time", async () => {
  let cancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => void (cancelled = true),
  });
  const ending = new AbortController();
  const replaced = payloadOf(new Response(body), { form: "gateway-2", signal: ending.signal });
  ending.abort();
  assertEquals(JSON.parse(await replaced).statusCode, 504);
  assertEquals(cancelled, true);
});

Deno.test("responseStream() sends status and headers, eight NULs and the body", async () => {
  const text = await new Response(responseStream(response(), NEVER)).text();
  const [prelude = "", body] = text.split("\0".repeat(8));
  assertEquals(JSON.parse(prelude), {
    statusCode: 201,
    headers: { "content-type": "application/json" },
    cookies: ["a=1", "b=2; Path=/"],
  });
  assertEquals(body, '{"name":"Zoë"}');
  assertEquals(
    await new Response(responseStream(new Response(null, { status: 204 }), NEVER)).text(),
    '{"statusCode":204,"headers":{},"cookies":[]}' + "\0".repeat(8),
  );
});

Deno.test("responseStream() breaks off when the signal aborts", async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([65])) });
  const ending = new AbortController();
  const text = new Response(responseStream(new Response(body), ending.signal)).text();
  ending.abort(new DOMException("late", "TimeoutError"));
  await assertRejects(() => text, DOMException, "late");
});

Deno.test("payloadOf() and responseStream() pass on complete responses although no time is left", async () => {
  const over = AbortSignal.abort(new DOMException("late", "TimeoutError"));
  const text = await payloadOf(new Response("x", { status: 503 }), { form: "gateway-2", signal: over });
  assertEquals(JSON.parse(text).statusCode, 503);
  const stream = await new Response(responseStream(new Response("x"), over)).text();
  assertEquals(stream.endsWith("\0x"), true);
});
