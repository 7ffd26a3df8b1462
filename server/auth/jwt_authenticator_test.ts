import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { exportJWK, exportSPKI, importJWK } from "jose";
import type { Principal } from "../request_context.ts";
import { InvalidTokenError } from "../security/authenticator.ts";
import { fetchKeys } from "./fetch_keys.ts";
import { JwtAuthenticator } from "./jwt_authenticator.ts";
import { type IssuerKey, makeKey, TestIssuer, type TokenClaims } from "./testing/test_issuer.ts";
import { type KeySource, VerificationKeys } from "./verification_keys.ts";

const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const LONG = { refreshMs: 3_600_000, staleMs: 3_600_000, cooldownMs: 0 };

function authenticatorOf(
  issuer: TestIssuer,
  source: KeySource = () => fetchKeys(issuer.url),
  algorithms: readonly string[] = ALGORITHMS,
): JwtAuthenticator {
  return new JwtAuthenticator(new VerificationKeys(source, LONG), {
    issuer: issuer.issuer,
    audience: TestIssuer.audience,
    algorithms,
    clockSkewSeconds: 30,
  });
}

async function rejects(authenticator: JwtAuthenticator, token: string, why: string): Promise<void> {
  await assertRejects(async () => await authenticator.authenticate(token), InvalidTokenError, undefined, why);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

async function pemOf({ publicJwk, alg }: IssuerKey): Promise<string> {
  const key = await importJWK(publicJwk, alg);
  assertInstanceOf(key, CryptoKey);
  return await exportSPKI(key);
}

for (const alg of ALGORITHMS) {
  Deno.test(`JwtAuthenticator.authenticate() accepts a token signed with ${alg}`, async () => {
    await using issuer = await TestIssuer.start(alg);
    const authenticator = authenticatorOf(issuer);
    const token = await issuer.sign({ scope: "profiles:read profiles:write" });
    const expected: Principal = { subject: "ada", scopes: new Set(["profiles:read", "profiles:write"]) };
    assertEquals(await authenticator.authenticate(token), expected);
    await rejects(authenticator, `${token.slice(0, -8)}AAAAAAAA`, "a signature that was changed");
    const [header, , signature] = token.split(".");
    const other = encode({ iss: issuer.issuer, aud: TestIssuer.audience, sub: "eve", exp: 4_000_000_000 });
    await rejects(authenticator, `${header}.${other}.${signature}`, "claims that were changed");
  });
}

Deno.test("JwtAuthenticator.authenticate() reads scopes in the forms that issuers use", async () => {
  await using issuer = await TestIssuer.start();
  const authenticator = authenticatorOf(issuer);
  const scopes: readonly (readonly [TokenClaims, readonly string[]])[] = [
    [{}, []],
    [{ scope: " a  b " }, ["a", "b"]],
    [{ scp: "a b" }, ["a", "b"]],
    [{ scp: ["a", "b", 1, ""] }, ["a", "b"]],
    [{ scope: "a", scp: ["b"] }, ["a"]],
    [{ scope: { a: true } }, []],
  ];
  for (const [claims, expected] of scopes) {
    const principal = await authenticator.authenticate(await issuer.sign(claims));
    assertEquals([...principal.scopes], expected);
  }
});

Deno.test("JwtAuthenticator.authenticate() enforces the claims", async () => {
  await using issuer = await TestIssuer.start();
  const authenticator = authenticatorOf(issuer);
  const now = Math.floor(Date.now() / 1000);
  const bad: Readonly<Record<string, TokenClaims>> = {
    "expired": { exp: now - 60 },
    "without expiry": { exp: undefined },
    "with an expiry that is not a number": { exp: "later" },
    "with an expiry in milliseconds": { exp: (now + 60) * 1000 },
    "not yet good": { nbf: now + 300 },
    "with a negative start": { nbf: -1 },
    "a logout token": { header: { typ: "logout+jwt" } },
    "a security event": { header: { typ: "application/secevent+jwt" } },
    "with an empty type": { header: { typ: "" } },
    "of another issuer": { iss: `${issuer.issuer}/` },
    "without issuer": { iss: undefined },
    "for another audience": { aud: "https://other.example.com" },
    "without audience": { aud: undefined },
    "without subject": { sub: undefined },
    "with an empty subject": { sub: "" },
    "with a subject that is too long": { sub: "a".repeat(256) },
    "with a subject that cannot be stored": { sub: "a\u0000" },
    "with a subject that is not a text": { sub: 1 },
    "with half a character in its subject": { sub: "a\ud800" },
    "with a header that must be understood": { header: { crit: ["x"], x: 1 } },
  };
  for (const [why, claims] of Object.entries(bad)) {
    await rejects(authenticator, await issuer.sign(claims), why);
  }
  const good: readonly TokenClaims[] = [
    { exp: now - 10 },
    { nbf: now + 10 },
    { aud: ["https://other.example.com", TestIssuer.audience] },
    { sub: "a".repeat(255) },
    { sub: "Žofie 🦉" },
    ...["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"].map((typ) => ({ header: { typ } })),
  ];
  for (const claims of good) await authenticator.authenticate(await issuer.sign(claims));
});

Deno.test("JwtAuthenticator.authenticate() rejects times that no date has", async () => {
  await using issuer = await TestIssuer.start();
  const authenticator = authenticatorOf(issuer);
  for (const time of ['"exp":1e400', '"exp":4000000000,"nbf":-1e400', '"exp":4000000000,"iat":1e400']) {
    const claims = `{"iss":"${issuer.issuer}","aud":"${TestIssuer.audience}","sub":"eve",${time}}`;
    await rejects(authenticator, await issuer.signText(claims), time);
  }
});

Deno.test("JwtAuthenticator.authenticate() accepts tokens of a good key beside a short one", async () => {
  await using issuer = await TestIssuer.start("RS256");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const short = await crypto.subtle.generateKey({ ...algorithm, modulusLength: 1024 }, true, [
    "sign",
    "verify",
  ]);
  const { kid } = issuer.key;
  issuer.published = [{ ...await exportJWK(short.publicKey), kid, use: "sig" }, ...issuer.published];
  const authenticator = authenticatorOf(issuer);
  await authenticator.authenticate(await issuer.sign());
  await authenticator.authenticate(await issuer.sign({ header: { kid: undefined } }));
});

Deno.test("JwtAuthenticator.authenticate() rejects every token after the issuer withdrew all keys", async () => {
  await using issuer = await TestIssuer.start();
  const keys = new VerificationKeys(() => fetchKeys(issuer.url), LONG);
  const { issuer: name } = issuer;
  const authenticator = new JwtAuthenticator(keys, {
    issuer: name,
    audience: TestIssuer.audience,
    algorithms: ALGORITHMS,
    clockSkewSeconds: 30,
  });
  const token = await issuer.sign();
  await authenticator.authenticate(token);
  issuer.published = [];
  await keys.load();
  await rejects(authenticator, token, "its key is gone");
});

Deno.test("JwtAuthenticator.authenticate() rejects forged tokens", async () => {
  await using issuer = await TestIssuer.start("RS256");
  const authenticator = authenticatorOf(issuer);
  const good = await issuer.sign();
  const [, payload = ""] = good.split(".");
  const { kid, publicJwk } = issuer.key;
  await rejects(authenticator, `${encode({ alg: "none" })}.${payload}.`, "no signature");
  await rejects(
    authenticator,
    `${encode({ alg: "None", kid })}.${payload}.`,
    "no signature in another spelling",
  );
  // The public key as an HMAC secret, which a verifier that trusts the token's algorithm would accept.
  for (const secret of [await pemOf(issuer.key), JSON.stringify(publicJwk)]) {
    const signed = `${encode({ alg: "HS256", kid })}.${payload}`;
    const mac = createHmac("sha256", secret).update(signed).digest("base64url");
    await rejects(authenticator, `${signed}.${mac}`, "an HMAC with the public key");
  }
  const mine = await makeKey("RS256");
  await rejects(authenticator, await issuer.sign({}, mine), "an unknown key");
  await rejects(authenticator, await issuer.sign({}, { ...mine, kid }), "another key under a known name");
  const own = { jwk: mine.publicJwk, jku: "https://evil.example.com/jwks.json", x5c: ["AAAA"] };
  await rejects(authenticator, await issuer.sign({ header: own }, mine), "a key that it brings along");
  for (
    const text of ["", "a", "a.b.c", "a.b.c.d.e", `${good}.`, good.slice(1), ".".repeat(2), "e30.e30.e30"]
  ) {
    await rejects(authenticator, text, text.slice(0, 20));
  }
});

Deno.test("JwtAuthenticator.authenticate() accepts only the configured algorithms", async () => {
  await using issuer = await TestIssuer.start("RS256");
  const token = await issuer.sign();
  await rejects(authenticatorOf(issuer, undefined, ["PS256", "ES256"]), token, "RS256 is not among them");
  await authenticatorOf(issuer, undefined, ["RS256"]).authenticate(token);
});

Deno.test("JwtAuthenticator.authenticate() tries every matching key for a token without key ID", async () => {
  await using issuer = await TestIssuer.start();
  await issuer.rotate();
  await issuer.rotate();
  const authenticator = authenticatorOf(issuer);
  await authenticator.authenticate(await issuer.sign({ header: { kid: undefined } }));
  const mine = await makeKey("ES256");
  await rejects(authenticator, await issuer.sign({ header: { kid: undefined } }, mine), "none of them");
});

Deno.test("JwtAuthenticator.authenticate() ignores the token's key ID for PEM keys", async () => {
  await using issuer = await TestIssuer.start("PS256");
  const other = await makeKey("ES256");
  const pem = `# the new one\n${await pemOf(other)}\n${await pemOf(issuer.key)}`;
  const authenticator = authenticatorOf(issuer, () => Promise.resolve(pem));
  await authenticator.authenticate(await issuer.sign());
  await authenticator.authenticate(await issuer.sign({}, other));
  await rejects(authenticator, await issuer.sign({}, await makeKey("PS256")), "an unknown key");
});

Deno.test("JwtAuthenticator.authenticate() follows a key rotation and a revocation", async () => {
  await using issuer = await TestIssuer.start();
  const authenticator = authenticatorOf(issuer);
  const before = await issuer.sign();
  await authenticator.authenticate(before);
  await issuer.rotate();
  await authenticator.authenticate(await issuer.sign());
  await authenticator.authenticate(before);
  assertEquals(issuer.requests, 2);
  issuer.published = issuer.published.slice(1);
  await issuer.rotate();
  await authenticator.authenticate(await issuer.sign());
  await rejects(authenticator, before, "its key is gone");
});

Deno.test("JwtAuthenticator.authenticate() caches verified tokens and returns synchronously", async () => {
  await using issuer = await TestIssuer.start();
  const authenticator = authenticatorOf(issuer);
  const token = await issuer.sign();
  const first = await authenticator.authenticate(token);
  const second = authenticator.authenticate(token);
  assert(!(second instanceof Promise));
  assertStrictEquals(second, first);
});
