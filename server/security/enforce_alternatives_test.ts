import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Operation, SecurityScheme, StrictResponse } from "../operation.ts";
import type { Principal } from "../request_context.ts";
import { createServer } from "../server.ts";
import {
  withApi,
  withAuthenticator,
  withCertificateHeader,
  withCors,
  withCredentialAuthenticator,
  withTrustedProxies,
} from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { trustProxies } from "../testing/trust_proxies.ts";
import {
  AuthenticatorUnavailableError,
  type Credential,
  type CredentialOptions,
  InvalidTokenError,
} from "./authenticator.ts";

const bearer: SecurityScheme = { kind: "bearer", scheme: "token", scopes: ["read"] };
const basic: SecurityScheme = { kind: "basic", scheme: "password", scopes: ["read"] };
const certificate: SecurityScheme = { kind: "mutualTLS", scheme: "certificate", scopes: [] };

function keyIn(place: "header" | "query" | "cookie", name = "X-Key"): SecurityScheme {
  return { kind: "apiKey", scheme: `key in ${place}`, in: place, name, scopes: ["read"] };
}

/**
 * Principal of a secret such as "ada" (who may read), "ada~none" or "client~app" (a program). "wrong" is invalid, and
 * "unavailable" cannot be verified.
 */
function principalOf(secret: string): Principal {
  if (secret === "wrong") throw new InvalidTokenError("Unknown");
  if (secret === "unavailable") throw new AuthenticatorUnavailableError("No database");
  const isClient = secret.startsWith("client~");
  const [subject = "", scope = "read"] = secret.replace("client~", "").split("~");
  return { subject, scopes: new Set([scope]), ...(isClient && { isClient }) };
}

function credentialPrincipal(
  credential: Credential,
  { scheme, signal }: CredentialOptions,
): Promise<Principal> {
  assertEquals([signal.aborted, scheme === "password"], [false, credential.kind === "basic"]);
  return Promise.resolve(credential.kind === "basic" ? credential.username : credential.key).then(
    principalOf,
  );
}

interface Sent {
  readonly security: Operation["security"];
  readonly method?: "GET" | "DELETE" | "OPTIONS";
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of the proxy that is trusted with certificates. @default "127.0.0.1" */
  readonly proxy?: string;
}

interface Received {
  readonly status: number;
  readonly challenge: string | null;
  readonly detail: unknown;
  readonly principal: Principal | undefined;
  readonly text: string;
  readonly caching: string | null;
  readonly allowedHeaders: string | null;
}

/** Sends a request over the network to an operation with the requirements. */
async function send(
  { security, method = "GET", query = "", headers = {}, proxy = "127.0.0.1" }: Sent,
): Promise<Received> {
  let principal: Principal | undefined;
  const module = noteApi();
  const routes = module.routes.map(({ operation, handle }) => ({
    operation: { ...operation, security },
    handle(...args: Parameters<typeof handle>): Promise<StrictResponse> {
      principal = args[1].principal;
      return handle(...args);
    },
  }));
  await using server = createServer(
    "127.0.0.1",
    0,
    withApi({ ...module, routes }),
    withAuthenticator({ authenticate: principalOf }),
    withCredentialAuthenticator({ authenticate: credentialPrincipal }),
    withTrustedProxies(trustProxies(proxy)),
    withCertificateHeader("X-Client-Subject"),
    withCors({ origins: ["https://app.example"], credentials: true }),
  );
  const { url } = await server.listen();
  const response = await fetch(`${url}/notes/1${query}`, { method, headers });
  const text = await response.text();
  const detail = response.ok || text === "" ? undefined : JSON.parse(text).detail;
  const challenge = response.headers.get("WWW-Authenticate");
  const caching = response.headers.get("Cache-Control");
  const allowedHeaders = response.headers.get("Access-Control-Allow-Headers");
  return { status: response.status, challenge, detail, principal, text, caching, allowedHeaders };
}

function passwordOf(user: string): Readonly<Record<string, string>> {
  return { Authorization: `Basic ${btoa(`${user}:`)}` };
}

const ada: Principal = { subject: "ada", scopes: new Set(["read"]) };

Deno.test("compileAlternatives() admits passwords and keys in headers, queries and cookies", async () => {
  const requests: readonly Sent[] = [
    { security: [[basic]], headers: passwordOf("ada") },
    { security: [[keyIn("header")]], headers: { "x-key": "ada" } },
    { security: [[keyIn("header", "Authorization")]], headers: { Authorization: "ada" } },
    { security: [[keyIn("query")]], query: "?X-Key=ada" },
    { security: [[keyIn("cookie")]], headers: { Cookie: "a=b; X-Key=ada" } },
  ];
  for (const request of requests) {
    const { status, principal, text } = await send(request);
    assertEquals([status, principal], [200, ada], text);
  }
});

Deno.test("compileAlternatives() keeps responses out of shared caches, which recognize Authorization alone", async () => {
  const cachingOf = async (request: Sent): Promise<string | null> => (await send(request)).caching;
  const headers = { "X-Key": "ada" };
  const expected = "private, no-cache, no-transform";
  assertEquals(await cachingOf({ security: [[keyIn("header")]], headers }), expected);
  assertEquals(await cachingOf({ security: [[keyIn("header")], []] }), expected);
  assertEquals(await cachingOf({ security: [[keyIn("header")]] }), "no-store, no-transform");
  assertEquals(
    await cachingOf({ security: [[basic], [bearer]], headers: passwordOf("ada") }),
    "no-cache, no-transform",
  );
});

Deno.test("compileAlternatives() responds 401 with a challenge for each declared scheme", async () => {
  const security = [[bearer], [basic, keyIn("header")], [keyIn("cookie", 'a"b')], [certificate], [basic]];
  const { status, challenge, detail } = await send({ security });
  assertEquals(status, 401);
  assertEquals(
    challenge,
    'Bearer realm="archway", Basic realm="archway", charset="UTF-8", ' +
      'ApiKey realm="archway", in="header", name="X-Key", ' +
      'ApiKey realm="archway", in="cookie", name="a\\"b", ClientCertificate realm="archway"',
  );
  assertEquals(
    detail,
    "The operation requires an access token in the Authorization header, " +
      "or a user name and password in the Authorization header and an API key in the header X-Key, " +
      'or an API key in the cookie a"b, or a client certificate, ' +
      "or a user name and password in the Authorization header",
  );
});

Deno.test("compileAlternatives() responds with the problem of the alternative that came closest", async () => {
  const security = [[bearer], [keyIn("header")]];
  const statusOf = async (authorization: string, key: string): Promise<number> => {
    const headers = { ...(authorization && { Authorization: authorization }), ...(key && { "X-Key": key }) };
    return (await send({ security, headers })).status;
  };
  assertEquals(await statusOf("Bearer wrong", "ada"), 200);
  assertEquals(await statusOf("Bearer ada", "wrong"), 200);
  assertEquals(await statusOf("Bearer unavailable", "ada"), 200);
  assertEquals(await statusOf("Bearer unavailable", "ada~none"), 503);
  assertEquals(await statusOf("Bearer wrong", "ada~none"), 403);
  assertEquals(await statusOf("Bearer wrong", ""), 401);
  assertEquals(await statusOf("", "unavailable"), 503);
  const { challenge, detail } = await send({ security, headers: { Authorization: "Bearer wrong" } });
  assertStringIncludes(challenge ?? "", 'Bearer realm="archway", error="invalid_token"');
  assertStringIncludes(challenge ?? "", ", ApiKey ");
  assertEquals(detail, "The access token is malformed, expired or issued for another service");
  const wrongKey = await send({ security, headers: { "X-Key": "wrong" } });
  assertEquals(wrongKey.detail, "The credentials are malformed, unknown, expired or revoked");
  const unscoped = await send({ security, headers: { "X-Key": "ada~none" } });
  assertEquals([unscoped.challenge, unscoped.detail], [
    'ApiKey realm="archway", in="header", name="X-Key", error="insufficient_scope", ' +
    'error_description="The credential lacks a required scope", scope="read"',
    "The credential lacks a required scope",
  ]);
});

Deno.test("compileAlternatives() requires every scheme of a combination, of the same caller", async () => {
  const security = [[bearer, keyIn("header")]];
  const sent = async (token: string, key: string): Promise<Received> =>
    await send({ security, headers: { Authorization: `Bearer ${token}`, ...(key && { "X-Key": key }) } });
  assertEquals((await sent("ada", "ada")).principal, ada);
  for (const [token = "", key = ""] of [["ada"], ["wrong", "ada"], ["ada", "wrong"], ["ada", "bob"]]) {
    assertEquals((await sent(token, key)).status, 401, `${token} and ${key}`);
  }
  assertEquals((await sent("ada", "bob")).detail, "The credentials belong to different callers");
  assertEquals((await sent("ada", "ada~none")).status, 403);
  // The key of a program names no caller, and lends no scopes.
  assertEquals((await sent("ada", "client~app")).principal, ada);
  assertEquals((await sent("client~app", "ada")).principal, ada);
});

Deno.test("compileAlternatives() admits anonymous requests to optional operations, without any credential", async () => {
  const security = [[bearer], [keyIn("query")], []];
  const anonymous = await send({ security });
  assertEquals([anonymous.status, anonymous.principal], [200, undefined]);
  assertEquals((await send({ security, query: "?X-Key=ada" })).principal, ada);
  for (const [query, status] of [["?X-Key=wrong", 401], ["?X-Key=ada~none", 403]] as const) {
    assertEquals((await send({ security, query })).status, status);
  }
  assertEquals((await send({ security, headers: { Authorization: "Bearer" } })).status, 401);
  // Credentials of schemes that the operation does not have count as none.
  assertEquals((await send({ security, headers: passwordOf("ada") })).status, 200);
});

Deno.test("compileAlternatives() takes the subject of a certificate from trusted proxies alone", async () => {
  const headers = { "X-Client-Subject": "CN=partner,O=Bank \\2C Inc" };
  const security = [[certificate]];
  const trusted = await send({ security, headers });
  assertEquals([trusted.status, trusted.principal], [200, {
    subject: "cert:CN=partner,O=Bank \\2C Inc",
    scopes: new Set<string>(),
    isClient: true,
  }]);
  const refused: readonly Sent[] = [
    { security },
    { security, headers: { "X-Client-Subject": "" } },
    { security, headers, proxy: "10.0.0.1" },
    { security, headers: { "X-Client-Subject": `CN=${"a".repeat(250)}` } },
  ];
  for (const request of refused) {
    const { status, challenge } = await send(request);
    assertEquals([status, challenge], [401, 'ClientCertificate realm="archway"']);
  }
  // The token identifies the caller, the certificate its program.
  const both = { ...headers, Authorization: "Bearer ada" };
  assertEquals((await send({ security: [[bearer, certificate]], headers: both })).principal, ada);
  assertEquals((await send({ security: [[bearer, certificate]], headers: both, proxy: "::1" })).status, 401);
});

Deno.test("compileAlternatives() refuses changes by pages of other origins with the browser's credentials", async () => {
  const statusOf = async (headers: Record<string, string>, rest: Partial<Sent> = {}): Promise<number> => {
    const security = [[keyIn("cookie")], [basic], [bearer]];
    const credentials = { Cookie: "X-Key=ada" };
    return (await send({ security, method: "DELETE", ...rest, headers: { ...credentials, ...headers } }))
      .status;
  };
  const other = { Origin: "https://evil.example" };
  const foreign: readonly Record<string, string>[] = [
    { ...other },
    { ...other, "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { ...other, Origin: "null" },
    { ...other, Cookie: "", ...passwordOf("ada") },
  ];
  for (const headers of foreign) assertEquals(await statusOf(headers), 403, JSON.stringify(headers));
  const own: readonly Record<string, string>[] = [
    {},
    { "Sec-Fetch-Site": "same-origin" },
    { Origin: "https://app.example", "Sec-Fetch-Site": "cross-site" },
    // A page must know the token that it sends.
    { ...other, "Sec-Fetch-Site": "cross-site", Authorization: "Bearer ada" },
  ];
  for (const headers of own) assertEquals(await statusOf(headers), 204, JSON.stringify(headers));
  assertEquals(await statusOf({ "Sec-Fetch-Site": "cross-site" }, { method: "GET" }), 200);
});

Deno.test("createCors() lets scripts send the headers of API keys", async () => {
  const preflight = {
    Origin: "https://app.example",
    "Access-Control-Request-Method": "GET",
  };
  const security = [[keyIn("header", "X-App-Key")]];
  const { allowedHeaders, status } = await send({ security, method: "OPTIONS", headers: preflight });
  assertEquals(status, 204);
  assertStringIncludes(allowedHeaders ?? "", "X-App-Key");
});

Deno.test("compileParameters() does not mistake a key in the query for an unknown parameter", async () => {
  const { status, text } = await send({ security: [[keyIn("query")]], query: "?X-Key=ada&x-key=ada" });
  assertEquals(status, 400);
  assertEquals(JSON.parse(text).invalidParams.map(({ name }: { name: string }) => name), ["x-key"]);
});
