import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ApiModule } from "../api_module.ts";
import type { Operation, StrictResponse } from "../operation.ts";
import type { Principal } from "../request_context.ts";
import { createServer } from "../server.ts";
import { withApi, withAuthenticator } from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { RawClient } from "../testing/raw_client.ts";
import { type Authenticator, AuthenticatorUnavailableError, InvalidTokenError } from "./authenticator.ts";

const SECURITY: Readonly<Record<string, Operation["security"]>> = {
  listNotes: [[{ kind: "bearer", scheme: "token", scopes: [] }]],
  createNote: [
    [{ kind: "bearer", scheme: "token", scopes: ["notes:write", "notes:read"] }],
    [{ kind: "bearer", scheme: "token", scopes: ["admin"] }],
  ],
  readNote: [[{ kind: "bearer", scheme: "token", scopes: ["notes:read"] }]],
};

/** Scopes by token. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  reader: ["notes:read"],
  writer: ["notes:read", "notes:write"],
  admin: ["admin"],
};

function principalOf(token: string): Principal {
  const scopes = SCOPES[token];
  if (token === "unavailable") throw new AuthenticatorUnavailableError("No keys");
  if (scopes === undefined) throw new InvalidTokenError("Unknown token");
  return { subject: token, scopes: new Set(scopes) };
}

const AUTHENTICATORS: Readonly<Record<string, Authenticator>> = {
  "synchronously": { authenticate: principalOf },
  "asynchronously": { authenticate: (token) => Promise.resolve(token).then(principalOf) },
};

function securedNotes(seen: (Principal | undefined)[] = []): ApiModule {
  const module = noteApi();
  return {
    ...module,
    routes: module.routes.map(({ operation, handle }) => ({
      operation: { ...operation, security: SECURITY[operation.operationId] ?? [] },
      handle(request, context): Promise<StrictResponse> {
        seen.push(context.principal);
        return handle(request, context);
      },
    })),
  };
}

interface Sent {
  readonly token?: string;
  readonly authorization?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request and returns the status, the challenge, the problem type and the principals seen. */
async function send(
  authenticator: Authenticator | undefined,
  line: string,
  { token, authorization = token && `Bearer ${token}`, body, headers }: Sent = {},
): Promise<{ status: number; challenge: string | null; type: unknown; seen: (Principal | undefined)[] }> {
  const seen: (Principal | undefined)[] = [];
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(securedNotes(seen)),
    ...(authenticator ? [withAuthenticator(authenticator)] : []),
  );
  const [method = "", path = ""] = line.split(" ");
  const response = await server.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { ...headers, ...(authorization && { Authorization: authorization }) },
      ...(body !== undefined && { body }),
    }),
  );
  const text = await response.text();
  const type = response.ok || text === "" ? undefined : JSON.parse(text).type;
  return { status: response.status, challenge: response.headers.get("WWW-Authenticate"), type, seen };
}

for (const [when, authenticator] of Object.entries(AUTHENTICATORS)) {
  Deno.test(`compileSecurity() admits callers with the scopes, verified ${when}`, async () => {
    const { status, seen } = await send(authenticator, "GET /notes/1", { token: "reader" });
    assertEquals(status, 200);
    assertEquals(seen, [{ subject: "reader", scopes: new Set(["notes:read"]) }]);
    assertEquals((await send(authenticator, "GET /notes", { token: "nothing" })).status, 200);
    assertEquals((await send(authenticator, "HEAD /notes/1", { token: "reader" })).status, 200);
    for (const token of ["writer", "admin"]) {
      const headers = { "Content-Type": "application/json" };
      const sent = { token, headers, body: '{"text":"x"}' };
      assertEquals((await send(authenticator, "POST /notes", sent)).status, 201, token);
    }
  });

  Deno.test(`compileSecurity() responds 401 with a challenge without a valid token, verified ${when}`, async () => {
    for (const authorization of [undefined, "Basic YTpi"]) {
      const { status, challenge, type, seen } = await send(authenticator, "GET /notes/1", {
        ...(authorization && { authorization }),
      });
      assertEquals([status, challenge, type], [401, 'Bearer realm="archway"', "/problems/unauthenticated"]);
      assertEquals(seen, []);
    }
    for (const authorization of ["Bearer unknown", "Bearer", "Bearer reader, Bearer reader"]) {
      const { status, challenge, type } = await send(authenticator, "HEAD /notes/1", { authorization });
      assertEquals([status, type], [401, undefined]);
      assertStringIncludes(
        challenge ?? "",
        'Bearer realm="archway", error="invalid_token", error_description="',
      );
    }
  });

  Deno.test(`compileSecurity() responds 403 with the scopes of the first alternative, verified ${when}`, async () => {
    const { status, challenge, type, seen } = await send(authenticator, "POST /notes", {
      token: "reader",
      headers: { "Content-Type": "application/json" },
      body: "{",
    });
    assertEquals([status, type, seen], [403, "/problems/forbidden", []]);
    assertStringIncludes(challenge ?? "", 'error="insufficient_scope"');
    assertStringIncludes(challenge ?? "", 'scope="notes:write notes:read"');
  });

  Deno.test(`compileSecurity() responds 503 if the token cannot be verified, checked ${when}`, async () => {
    const { status, challenge, type } = await send(authenticator, "GET /notes/1", { token: "unavailable" });
    assertEquals([status, challenge, type], [503, null, "/problems/auth-unavailable"]);
  });
}

Deno.test("compileSecurity() runs after routing and before any check of the content", async () => {
  const authenticator = AUTHENTICATORS["synchronously"];
  const status = async (line: string, sent: Sent): Promise<number> =>
    (await send(authenticator, line, sent)).status;
  assertEquals(await status("GET /nowhere", {}), 404);
  assertEquals(await status("PATCH /notes", {}), 405);
  assertEquals(await status("OPTIONS /notes", {}), 204);
  const wrong = { headers: { "Content-Type": "text/csv", Accept: "text/csv" }, body: "x" };
  for (const line of ["POST /notes?limit=x", "GET /notes/x"]) {
    const sent = line.startsWith("GET") ? { headers: { Accept: "text/csv" } } : wrong;
    assertEquals(await status(line, sent), 401);
    assertEquals(await status(line, { ...sent, token: "nothing" }), 403);
    assertEquals(await status(line, { ...sent, token: "writer" }), 406);
  }
});

Deno.test("compileSecurity() rejects two Authorization headers on the wire", async () => {
  const authenticator: Authenticator = { authenticate: principalOf };
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi(securedNotes()),
    withAuthenticator(authenticator),
  );
  const { url } = await server.listen();
  const statuses: (string | undefined)[] = [];
  for (
    const headers of [
      ["Bearer reader"],
      ["Bearer reader", "Bearer reader"],
      ["Bearer unknown", "Bearer reader"],
      ["Bearer reader", "Basic YTpi"],
      ["Basic YTpi", "Bearer reader"],
    ]
  ) {
    using client = await RawClient.open(url);
    const fields = headers.map((value) => `Authorization: ${value}\r\n`).join("");
    await client.send(`GET /notes/1 HTTP/1.1\r\nHost: a\r\n${fields}Connection: close\r\n\r\n`);
    statuses.push((await client.readAll()).split(" ")[1]);
  }
  assertEquals(statuses, ["200", "401", "401", "401", "401"]);
});

Deno.test("compileSecurity() ignores public operations and the server's own endpoints", async () => {
  const authenticator = AUTHENTICATORS["synchronously"];
  const { status, seen } = await send(authenticator, "DELETE /notes/1", { token: "unknown" });
  assertEquals([status, seen], [204, [undefined]]);
  for (const path of ["/livez", "/openapi/note.json", "/problems/unauthenticated"]) {
    assertEquals((await send(authenticator, `GET ${path}`)).status, 200, path);
  }
});

Deno.test("compileSecurity() enforces nothing without an authenticator", async () => {
  const { status, seen } = await send(undefined, "GET /notes/1", { token: "unknown" });
  assertEquals([status, seen], [200, [undefined]]);
});
