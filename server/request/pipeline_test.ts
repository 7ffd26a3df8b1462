import { assertEquals } from "@std/assert";
import { createServer } from "../server.ts";
import { withMiddleware } from "../server_options.ts";
import { send } from "../testing/note_client.ts";

const NAMES = ["X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy"];
const VALUES = ["nosniff", "default-src 'none'; frame-ancestors 'none'", "same-origin"];

/** Requests of browsers: an old one, one that hides its name from an encrypted or local server, and a page's script. */
const BROWSERS: readonly Readonly<Record<string, string>>[] = [
  { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:52.0) Gecko/20100101 Firefox/52.0" },
  { "User-Agent": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" },
  { "Sec-Fetch-Mode": "no-cors" },
];

const PROGRAMS: readonly Readonly<Record<string, string>>[] = [
  {},
  { "User-Agent": "curl/8.14.1", Accept: "*/*" },
  { "User-Agent": "Deno/2.9.6" },
];

function securityOf({ headers }: Response): readonly (string | null)[] {
  return NAMES.map((name) => headers.get(name));
}

Deno.test("setSecurityHeaders() applies to every response to a browser, regardless of its origin", async () => {
  const requests: readonly (readonly [string, number])[] = [
    ["GET /notes/1", 200],
    ["HEAD /notes/1", 200],
    ["DELETE /notes/1", 204],
    ["OPTIONS /notes", 204],
    ["OPTIONS /*", 204],
    ["GET /livez", 200],
    ["GET /healthz", 204],
    ["GET /openapi/note.json", 200],
    ["GET /problems/not-found", 200],
    ["GET /nowhere", 404],
    ["PATCH /notes", 405],
    ["GET /notes/4", 500],
    ["BREW /notes", 501],
  ];
  for (const [line, status] of requests) {
    const [method = "", path = ""] = line.split(" ");
    for (const headers of BROWSERS) {
      const response = await send(path, { method, headers });
      assertEquals(response.status, status, line);
      assertEquals(securityOf(response), VALUES, line);
    }
    for (const headers of PROGRAMS) {
      assertEquals(securityOf(await send(path, { method, headers }))[0], "nosniff");
    }
  }
});

Deno.test("setSecurityHeaders() leaves out what only browsers obey, unless a cache may give it to one", async () => {
  const paths: readonly (readonly [string, boolean])[] = [
    ["/notes/1", false], // no-cache
    ["/nowhere", false], // no-store
    ["/livez", false],
    ["/notes", true], // without Cache-Control
    ["/problems/not-found", true], // public, max-age=3600
  ];
  for (const [path, isComplete] of paths) {
    for (const headers of PROGRAMS) {
      assertEquals(
        securityOf(await send(path, { headers })),
        isComplete ? VALUES : ["nosniff", null, null],
        path,
      );
    }
  }
  // A browser that revalidates what a cache has stored for another client gets the headers with the 304.
  const headers = { "User-Agent": "Mozilla/5.0", "If-None-Match": '"7"' };
  const validated = await send("/notes/1", { headers });
  assertEquals([validated.status, ...securityOf(validated)], [304, ...VALUES]);
});

Deno.test("setSecurityHeaders() keeps headers that a response sets itself, even an immutable one", async () => {
  await using upstream = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen(): void {} },
    () => new Response("page", { headers: { "Content-Security-Policy": "default-src 'self'" } }),
  );
  const { port } = upstream.addr;
  await using server = createServer(
    "127.0.0.1",
    0,
    withMiddleware(() => fetch(`http://127.0.0.1:${port}/`)),
  );
  const response = await server.fetch(new Request("http://localhost/"));
  assertEquals(await response.text(), "page");
  assertEquals(securityOf(response), ["nosniff", "default-src 'self'", "same-origin"]);
});
