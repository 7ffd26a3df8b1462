import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, type JWK } from "jose";
import { KeysError, parseKeys } from "./parse_keys.ts";

const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...await exportJWK(publicKey), kid: "one" };
const secretJwk = { ...await exportJWK(privateKey), kid: "one" };
const shared = { kty: "oct", k: "AAAA", kid: "one" };
/** Returns the public key that is found for a token. */
async function found(text: string): Promise<JWK> {
  const { find } = parseKeys(text);
  const key = await find({ alg: "ES256", kid: "one" }, { payload: "", signature: "" });
  assertInstanceOf(key, CryptoKey);
  return await exportJWK(key);
}

Deno.test("parseKeys() parses a set, a single key and PEM", async () => {
  const pem = await exportSPKI(publicKey);
  for (const text of [JSON.stringify({ keys: [jwk] }), JSON.stringify(jwk), pem, `\r\n${pem}\r\n`]) {
    assertEquals(await found(text), await exportJWK(publicKey));
  }
});

Deno.test("parseKeys() ignores private keys and unknown types in a set", async () => {
  const text = JSON.stringify({ keys: [null, 1, {}, { kty: "AKP" }, shared, secretJwk, jwk] });
  assertEquals(await found(text), await exportJWK(publicKey));
});

Deno.test("parseKeys() ignores a short RSA key and a malformed one with the key ID of a good one", async () => {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const short = await crypto.subtle.generateKey({ ...algorithm, modulusLength: 1024 }, true, [
    "sign",
    "verify",
  ]);
  const bad = [
    { ...await exportJWK(short.publicKey), kid: "one" },
    { ...jwk, x: "AAAA" },
    { ...jwk, crv: "P-999" },
    { kty: "RSA", kid: "one" },
  ];
  assertEquals(parseKeys(JSON.stringify({ keys: [...bad, jwk] })).count, 1);
  assertEquals(await found(JSON.stringify({ keys: [...bad, jwk] })), await exportJWK(publicKey));
});

Deno.test("parseKeys() reads a member that is null as absent", async () => {
  const text = JSON.stringify({ keys: [{ ...jwk, alg: null, use: null, key_ops: null }] });
  assertEquals(await found(text), await exportJWK(publicKey));
});

Deno.test("parseKeys() accepts a key set without a usable key", () => {
  for (const keys of [[], [secretJwk], [shared]]) {
    assertEquals(parseKeys(JSON.stringify({ keys })).count, 0);
  }
});

Deno.test("parseKeys() counts keys of every algorithm", async () => {
  const algorithms = ["RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
  const keys = await Promise.all(
    algorithms.map(async (alg) => exportJWK((await generateKeyPair(alg, { extractable: true })).publicKey)),
  );
  assertEquals(parseKeys(JSON.stringify({ keys })).count, keys.length);
});

Deno.test("parseKeys() rejects a text without a public key, and does not repeat it", async () => {
  const secretPem = await exportPKCS8(privateKey);
  const texts = [
    JSON.stringify(secretJwk),
    JSON.stringify(shared),
    secretPem,
    `${await exportSPKI(publicKey)}${secretPem}`,
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "-----BEGIN PUBLIC KEY-----",
    "planted",
    "{}",
    "",
  ];
  for (const text of texts) {
    const { message } = assertThrows(() => parseKeys(text), KeysError);
    assertEquals(text !== "" && message.includes(text), false);
  }
});
