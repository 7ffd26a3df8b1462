import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { createServer, type Server } from "./server.ts";
import {
  type ServerOption,
  withApi,
  withLogger,
  withMaxBodyBytes,
  withMaxHeaderBytes,
  withMaxUrlBytes,
  withMiddleware,
  withPublicUrl,
  withReadiness,
  withResponseValidation,
  withWriteTimeout,
} from "./server_options.ts";
import { noteApi, type OnRead } from "./testing/note_api.ts";

const JSON_TYPE = { "content-type": "application/json" };

function noteServer(...options: ServerOption[]): Server {
  return createServer("127.0.0.1", 0, withApi(noteApi()), ...options);
}

async function send(path: string, init: RequestInit = {}, ...options: ServerOption[]): Promise<Response> {
  await using server = noteServer(...options);
  const response = await server.fetch(new Request(`http://localhost${path}`, init));
  assertMatch(response.headers.get("x-request-id") ?? "", /./);
  return response;
}

async function sendForProblem(
  path: string,
  init: RequestInit = {},
  ...options: ServerOption[]
): Promise<Problem> {
  const response = await send(path, init, ...options);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  const problem: Problem = { ...await response.json(), headers: response.headers };
  assertEquals(problem.status, response.status);
  assertEquals(problem.requestId, response.headers.get("x-request-id"));
  assertMatch(problem.instance, /^urn:uuid:[0-9a-f-]{36}$/);
  return problem;
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly requestId: string;
  readonly invalidParams?: readonly { name: string; in: string; pointer?: string; reason: string }[];
  readonly headers: Headers;
}

function namesOf(problem: Problem): string[] {
  return problem.invalidParams?.map((fault) =>
    `${fault.in} ${fault.pointer ?? fault.name}: ${fault.reason}`
  ) ?? [];
}

Deno.test("Server.fetch() answers with the handler's status, headers and body", async () => {
  const response = await send("/notes/1");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("etag"), '"7"');
  assertEquals(response.headers.get("vary"), "Accept");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assertEquals(await response.json(), { text: "é" });
});

Deno.test("Server.fetch() echoes a sane request id and replaces any other", async () => {
  const given = await send("/notes/1", { headers: { "x-request-id": "abc-1" } });
  assertEquals(given.headers.get("x-request-id"), "abc-1");
  const insane = await send("/notes/1", { headers: { "x-request-id": "a b" } });
  assertMatch(insane.headers.get("x-request-id") ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

Deno.test("Server.fetch() answers HEAD like GET without the body", async () => {
  const response = await send("/notes/1", { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-length"),
    String(new TextEncoder().encode('{"text":"é"}').length),
  );
  assertEquals(response.headers.get("etag"), '"7"');
  assertEquals(await response.text(), "");
});

Deno.test("Server.fetch() answers OPTIONS with what the resource offers", async () => {
  const one = await send("/notes/1", { method: "OPTIONS" });
  assertEquals([one.status, one.headers.get("allow")], [204, "GET, HEAD, PUT, DELETE, OPTIONS"]);
  const all = await send("/notes", { method: "OPTIONS" });
  assertEquals(all.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  assertEquals(all.headers.get("accept-post"), "application/json");
  assertEquals((await send("/nope", { method: "OPTIONS" })).status, 404);
});

Deno.test("Server.fetch() answers 404, 405 with Allow and 501", async () => {
  assertEquals((await sendForProblem("/nope")).type, "/problems/not-found");
  assertEquals((await sendForProblem("/notes/")).status, 404);
  const wrong = await sendForProblem("/notes", { method: "DELETE" });
  assertEquals([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, POST, OPTIONS"]);
  assertEquals((await sendForProblem("/notes", { method: "FOO" })).status, 501);
});

Deno.test("Server.fetch() answers 406 when Accept excludes every representation", async () => {
  for (const accept of ["text/html", "*/*;q=0", "application/json;q=0, text/*"]) {
    const problem = await sendForProblem("/notes/1", { headers: { accept } });
    assertEquals([problem.status, problem.headers.get("vary")], [406, "Accept"], accept);
  }
  for (const accept of ["*/*", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8"]) {
    assertEquals((await send("/notes/1", { headers: { accept } })).status, 200, accept);
  }
  assertEquals((await send("/notes/1", { method: "DELETE", headers: { accept: "text/html" } })).status, 204);
});

Deno.test("Server.fetch() answers 304 to If-None-Match with the headers of the 200", async () => {
  for (const condition of ['"7"', 'W/"7"', '"1", "7"', "*"]) {
    for (const method of ["GET", "HEAD"]) {
      const response = await send("/notes/1", { method, headers: { "if-none-match": condition } });
      assertEquals([response.status, await response.text()], [304, ""], condition);
      assertEquals([response.headers.get("etag"), response.headers.get("vary")], ['"7"', "Accept"]);
    }
  }
  for (const condition of ['"8"', "7", ""]) {
    assertEquals(
      (await send("/notes/1", { headers: { "if-none-match": condition } })).status,
      200,
      condition,
    );
  }
});

Deno.test("Server.fetch() answers 412 to a GET whose If-Match names another version", async () => {
  const problem = await sendForProblem("/notes/1", { headers: { "if-match": '"8"' } });
  assertEquals([problem.status, problem.headers.get("etag")], [412, '"7"']);
  assertEquals((await send("/notes/1", { headers: { "if-match": '"7"' } })).status, 200);
});

Deno.test("Server.fetch() answers 428, 400 and 412 for If-Match where it is required", async () => {
  const put = (ifMatch?: string): RequestInit => ({
    method: "PUT",
    headers: ifMatch === undefined ? JSON_TYPE : { ...JSON_TYPE, "if-match": ifMatch },
    body: '{"text":"x"}',
  });
  assertEquals((await sendForProblem("/notes/1", put())).status, 428);
  const malformed = await sendForProblem("/notes/1", put("7"));
  assertEquals([malformed.status, malformed.invalidParams?.[0]?.name], [400, "If-Match"]);
  assertEquals((await sendForProblem("/notes/1", put('W/"7"'))).status, 412);
  assertEquals((await send("/notes/1", put('"7"'))).status, 200);
  assertEquals((await send("/notes/1", put("*"))).status, 200);
});

Deno.test("Server.fetch() tells every fault of a request at once", async () => {
  const malformed = await sendForProblem("/notes/x", {
    method: "PUT",
    headers: { ...JSON_TYPE, "if-match": "7" },
    body: '{"stars":"many"}',
  });
  assertEquals(malformed.status, 400);
  assertEquals(namesOf(malformed), [
    "body /text: is required",
    "body /stars: must be an integer",
    'header If-Match: must be * or a list of quoted entity-tags, such as "7"',
    "path id: must be an integer",
  ]);
  const invalid = await sendForProblem("/notes", {
    method: "POST",
    headers: JSON_TYPE,
    body: '{"stars":"many"}',
  });
  assertEquals(invalid.status, 422);
  assertEquals(namesOf(invalid), ["body /text: is required", "body /stars: must be an integer"]);
});

Deno.test("Server.fetch() puts wrong parameters before a missing If-Match, and that before a wrong body", async () => {
  const put = { method: "PUT", headers: JSON_TYPE, body: "{}" };
  assertEquals((await sendForProblem("/notes/x", put)).status, 400);
  assertEquals((await sendForProblem("/notes/1", put)).status, 428);
  assertEquals(
    (await sendForProblem("/notes/1", { ...put, headers: { ...JSON_TYPE, "if-match": "*" } })).status,
    422,
  );
});

Deno.test("Server.fetch() refuses hostile bodies with a clean 4xx", async () => {
  const bodies: [BodyInit, number][] = [
    ["", 400],
    ["{", 400],
    ['{"text":"a","text":"b"}', 400],
    ["[".repeat(1000), 400],
    [Uint8Array.of(0x22, 0xff, 0x22), 400],
    ['{"text":"\\u0000"}', 422],
    ['{"text":"\\ud800"}', 422],
    ['{"text":"a","stars":1e999}', 422],
    ["[]", 422],
    ["null", 422],
  ];
  for (const [body, status] of bodies) {
    const problem = await sendForProblem("/notes", { method: "POST", headers: JSON_TYPE, body });
    assertEquals(problem.status, status, String(body).slice(0, 40));
  }
  const polluted = await send("/notes", {
    method: "POST",
    headers: JSON_TYPE,
    body: '{"__proto__":{"x":1},"text":"a"}',
  });
  assertEquals(await polluted.text(), '{"__proto__":{"x":1},"text":"a"}');
});

Deno.test("Server.fetch() answers 415 with what the operation takes", async () => {
  for (
    const type of ["text/plain", "application/json; charset=latin1", "application/vnd.x+json", "nonsense", ""]
  ) {
    const problem = await sendForProblem("/notes", {
      method: "POST",
      headers: { "content-type": type },
      body: "{}",
    });
    assertEquals([problem.status, problem.headers.get("accept-post")], [415, "application/json"], type);
  }
  const none = await sendForProblem("/notes", { method: "POST", body: new Uint8Array([1]) });
  assertEquals(none.status, 415);
  const coded = await sendForProblem("/notes", {
    method: "POST",
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    body: "{}",
  });
  assertEquals([coded.status, coded.headers.get("accept-encoding")], [415, "identity"]);
  for (const type of ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"']) {
    const init = { method: "POST", headers: { "content-type": type }, body: '{"text":"a"}' };
    assertEquals((await send("/notes", init)).status, 201, type);
  }
});

Deno.test("Server.fetch() answers 413 by Content-Length and by counting, with the operation's own limit first", async () => {
  const post = (body: BodyInit, headers: HeadersInit = JSON_TYPE): RequestInit => ({
    method: "POST",
    headers,
    body,
  });
  assertEquals((await sendForProblem("/notes", post("x".repeat(2049)))).status, 413);
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(500)),
  });
  assertEquals((await sendForProblem("/notes", post(stream))).status, 413);
  const declared = post("{}", { ...JSON_TYPE, "content-length": "2049" });
  assertEquals((await sendForProblem("/notes", declared)).status, 413);
  const unused = { method: "DELETE", headers: { "content-length": "11" } };
  assertEquals((await sendForProblem("/notes/1", unused, withMaxBodyBytes(10))).status, 413);
});

Deno.test("Server.fetch() answers 414 and 431", async () => {
  assertEquals((await sendForProblem(`/notes?x=${"a".repeat(100)}`, {}, withMaxUrlBytes(50))).status, 414);
  const headers = { "x-long": "a".repeat(200) };
  assertEquals((await sendForProblem("/notes", { headers }, withMaxHeaderBytes(100))).status, 431);
});

Deno.test("Server.fetch() decodes parameters strictly and takes their defaults", async () => {
  const absent = await send("/notes");
  assertEquals(await absent.json(), { query: { limit: 20 } });
  const faults: [string, string][] = [
    ["limit=1&limit=2", "query limit: is given more than once"],
    ["limit=01", "query limit: must be an integer"],
    ["limit=", "query limit: must be an integer"],
    ["limit=%ff", "query limit: is not valid percent-encoded UTF-8"],
    ["limt=1", "query limt: is not a parameter of this operation"],
    ["limit=%00", "query limit: has a character that is not allowed (U+0000)"],
  ];
  for (const [query, reason] of faults) {
    const problem = await sendForProblem(`/notes?${query}`);
    assertEquals([problem.status, ...namesOf(problem)], [400, reason]);
  }
  assertEquals((await sendForProblem("/notes/%zz")).status, 400);
});

Deno.test("Server.fetch() makes problems of a module's own errors", async () => {
  const problem = await sendForProblem("/notes/2");
  assertEquals([problem.status, problem.type, problem.title], [409, "/problems/note-locked", "Note locked"]);
});

Deno.test("Server.fetch() hides what an unknown error says and logs its causes", async () => {
  const logged: Record<string, unknown>[] = [];
  const logger = {
    info(): void {},
    warn(): void {},
    error: (_message: string, properties?: Record<string, unknown>): void =>
      void logged.push(properties ?? {}),
  };
  const problem = await sendForProblem("/notes/4", {}, withLogger(logger));
  assertEquals([problem.status, problem.type, problem.detail], [500, "/problems/internal-error", undefined]);
  assertFalse(JSON.stringify(problem).includes("SELECT"));
  assertEquals(logged.map(({ requestId }) => requestId), [problem.requestId]);
  assertEquals(logged[0]?.["causes"], ["Error: Reading the note", "Error: SELECT * FROM notes"]);
});

Deno.test("Server.fetch() answers 500 to what breaks the document, where answers are checked", async () => {
  assertEquals((await send("/notes/3")).status, 200);
  const problem = await sendForProblem("/notes/3", {}, withResponseValidation(true));
  assertEquals(problem.status, 500);
  assertFalse(JSON.stringify(problem).includes("s3cret"));
});

Deno.test("Server.fetch() ends a request at its deadline and aborts its signal", async () => {
  let signal: AbortSignal | undefined;
  const hang: OnRead = (_request, context) => {
    signal = context.signal;
    return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal?.reason)));
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(hang)), withWriteTimeout(20));
  const response = await server.fetch(new Request("http://localhost/notes/1"));
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals((await response.json()).type, "/problems/deadline-passed");
  assert(signal?.aborted);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("Server.fetch() gives handlers an absolute URL, with the public origin where there is one", async () => {
  const urls: string[] = [];
  const look: OnRead = (_request, { url }) => {
    urls.push(url.href);
    return Promise.resolve({ status: 204 });
  };
  for (const options of [[], [withPublicUrl("https://api.example.com/base/")]]) {
    await using server = createServer("127.0.0.1", 0, withApi(noteApi(look)), ...options);
    await server.fetch(new Request("http://localhost:81/notes/1?#c"));
  }
  assertEquals(urls, ["http://localhost:81/notes/1", "https://api.example.com/base/notes/1"]);
});

Deno.test("Server.fetch() serves the pages of all problem types as HTML and JSON", async () => {
  const json = await send("/problems/note-locked");
  assertEquals((await json.json()).title, "Note locked");
  const html = await send("/problems/note-locked", { headers: { accept: "text/html,*/*;q=0.8" } });
  assertEquals(html.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(await html.text(), "Somebody &lt;else&gt; has it.");
  assertEquals((await sendForProblem("/problems/nope")).status, 404);
});

Deno.test("Server.fetch() serves the document of a module", async () => {
  const response = await send("/openapi/note.json");
  assertEquals([response.headers.get("content-type"), await response.text()], [
    "application/json",
    '{"openapi":"3.1.0"}',
  ]);
});

Deno.test("Server.fetch() answers health from the checks and never lets it be cached", async () => {
  const check = (status: "ok" | "degraded" | "unavailable"): ServerOption =>
    withReadiness(() => Promise.resolve([{ name: "db", status }]));
  const live = await send("/livez", {}, check("unavailable"));
  assertEquals([live.status, live.headers.get("cache-control"), await live.text()], [
    200,
    "no-store",
    '{"status":"ok"}',
  ]);
  for (const [status, code] of [["ok", 200], ["degraded", 200], ["unavailable", 503]] as const) {
    const ready = await send("/readyz", {}, check(status));
    assertEquals([ready.status, await ready.json()], [code, { status }]);
    assertEquals(ready.headers.get("cache-control"), "no-store");
  }
  const verbose = await send("/readyz?verbose", {}, check("degraded"));
  assertEquals((await verbose.json()).checks, [{ name: "server", status: "ok" }, {
    name: "db",
    status: "degraded",
  }]);
  assertEquals((await send("/healthz", {}, check("degraded"))).status, 204);
  assertEquals((await sendForProblem("/healthz", {}, check("unavailable"))).status, 503);
  const failing = withReadiness(() => Promise.reject(new Error("secret")));
  const failed = await send("/readyz?verbose=1", {}, failing);
  assertEquals(failed.status, 503);
  assertFalse((await failed.text()).includes("secret"));
});

Deno.test("Server.fetch() runs plugged-in middleware between limits and routes", async () => {
  const refuse = withMiddleware(() => {
    throw new Error("refused");
  });
  assertEquals((await sendForProblem("/notes", {}, refuse)).status, 500);
  assertEquals((await sendForProblem("/notes", { method: "FOO" }, refuse)).status, 501);
});
