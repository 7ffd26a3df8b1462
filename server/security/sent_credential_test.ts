import { assertEquals } from "@std/assert";
import type { SecurityScheme } from "../operation.ts";
import { Exchange } from "../request/exchange.ts";
import {
  compileCredential,
  MAX_TOKEN_LENGTH,
  readBasic,
  readBearerToken,
  type SentCredential,
} from "./sent_credential.ts";

const LONGEST = "a".repeat(MAX_TOKEN_LENGTH);

Deno.test("readBearerToken() returns the token after the scheme, which is case-insensitive", () => {
  for (const text of ["Bearer a.b-c_d~e+f/0==", "bearer a.b-c_d~e+f/0==", "BEARER   a.b-c_d~e+f/0=="]) {
    assertEquals(readBearerToken(text), { kind: "token", token: "a.b-c_d~e+f/0==" });
  }
  assertEquals(readBearerToken(`Bearer ${LONGEST}`), { kind: "token", token: LONGEST });
});

Deno.test("readBearerToken() ignores a missing header and other schemes", () => {
  for (const text of [null, "", "Basic YTpi", "Bearers a", "DPoP a", "a.b.c", "Basic YTpi, Bearer a"]) {
    assertEquals(readBearerToken(text), { kind: "none" });
  }
});

Deno.test("readBearerToken() rejects malformed tokens", () => {
  const malformed = [
    "Bearer",
    "Bearer ",
    "Bearer a b",
    "Bearer a, Bearer b",
    "Bearer, Bearer b",
    'Bearer token="a"',
    "Bearer ä",
    "Bearer a\tb",
    "Bearer =",
    `Bearer ${LONGEST}a`,
    `Bearer ${" ".repeat(MAX_TOKEN_LENGTH)}a`,
  ];
  for (const text of malformed) assertEquals(readBearerToken(text), { kind: "malformed" }, text.slice(0, 40));
});

function basic(text: string): string {
  return `Basic ${new TextEncoder().encode(text).toBase64()}`;
}

Deno.test("readBasic() returns user name and password in UTF-8, divided at the first colon", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["ada:secret", "ada", "secret"],
    ["ada:a:b:", "ada", "a:b:"],
    [":", "", ""],
    ["żółw:£5", "żółw", "£5"],
  ];
  for (const [text, username, password] of cases) {
    assertEquals(readBasic(basic(text)), { kind: "basic", username, password });
  }
  assertEquals(readBasic("basic  YTpi"), { kind: "basic", username: "a", password: "b" });
});

Deno.test("readBasic() ignores other schemes and rejects malformed credentials", () => {
  for (const text of [null, "", "Bearer a", "Basics YTpi"]) assertEquals(readBasic(text), undefined);
  const malformed = ["Basic", "Basic a", "Basic YTpi, Basic YTpi", "Basic /w==", basic("ada"), basic("a:\n")];
  for (const text of malformed) assertEquals(readBasic(text), "malformed", text);
});

function keyOf(place: "header" | "query" | "cookie", request: Request): SentCredential {
  const scheme: SecurityScheme = { kind: "apiKey", scheme: "key", in: place, name: "X-Key", scopes: [] };
  return compileCredential(scheme)(new Exchange(request));
}

Deno.test("compileCredential() reads keys of headers, queries and cookies", () => {
  const key = { kind: "apiKey", key: "a b" } as const;
  const at = (query: string, headers: Record<string, string> = {}): Request =>
    new Request(`http://localhost/${query}`, { headers });
  assertEquals(keyOf("header", at("", { "x-key": "a b" })), key);
  assertEquals(keyOf("query", at("?a=1&X-Key=a+b")), key);
  assertEquals(keyOf("query", at("?X%2DKey=a%20b")), key);
  assertEquals(keyOf("cookie", at("", { cookie: 'a=1; X-Key="a%20b"' })), key);
  for (const place of ["header", "query", "cookie"] as const) {
    assertEquals(keyOf(place, at("?x-key=a", { cookie: "x-key=a" })), undefined);
    assertEquals(keyOf(place, at("?X-Key=", { "X-Key": "", cookie: "X-Key=" })), undefined);
  }
});

Deno.test("compileCredential() rejects keys that are repeated, malformed or too long", () => {
  const long = "a".repeat(MAX_TOKEN_LENGTH + 1);
  for (const query of ["?X-Key=a&X-Key=b", "?X-Key=%", "?%=a&X-Key=a", `?X-Key=${long}`]) {
    assertEquals(keyOf("query", new Request(`http://localhost/${query}`)), "malformed");
  }
  const headers = { cookie: "X-Key=a; X-Key=a" };
  assertEquals(keyOf("cookie", new Request("http://localhost/", { headers })), "malformed");
});
