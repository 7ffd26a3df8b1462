import { assertEquals } from "@std/assert";
import { MAX_TOKEN_LENGTH, readBearerToken } from "./bearer_token.ts";

const LONGEST = "a".repeat(MAX_TOKEN_LENGTH);

Deno.test("readBearerToken() takes the token after the scheme, in whatever case that is written", () => {
  for (const text of ["Bearer a.b-c_d~e+f/0==", "bearer a.b-c_d~e+f/0==", "BEARER   a.b-c_d~e+f/0=="]) {
    assertEquals(readBearerToken(text), { kind: "token", token: "a.b-c_d~e+f/0==" });
  }
  assertEquals(readBearerToken(`Bearer ${LONGEST}`), { kind: "token", token: LONGEST });
});

Deno.test("readBearerToken() finds nothing where there is no header or another scheme", () => {
  for (const text of [null, "", "Basic YTpi", "Bearers a", "DPoP a", "a.b.c", "Basic YTpi, Bearer a"]) {
    assertEquals(readBearerToken(text), { kind: "none" });
  }
});

Deno.test("readBearerToken() refuses what is no token", () => {
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
