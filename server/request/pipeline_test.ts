import { assertEquals } from "@std/assert";
import { createServer } from "../server.ts";
import { withMiddleware } from "../server_options.ts";
import { send } from "../testing/note_client.ts";

const NAMES = ["X-Content-Type-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy"];
const VALUES = ["nosniff", "default-src 'none'; frame-ancestors 'none'", "same-origin"];

function securityOf({ headers }: Response): readonly (string | null)[] {
  return NAMES.map((name) => headers.get(name));
}

Deno.test("setSecurityHeaders() applies to every response, regardless of its origin", async () => {
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
    const response = await send(path, { method });
    assertEquals(response.status, status, line);
    assertEquals(securityOf(response), VALUES, line);
  }
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
