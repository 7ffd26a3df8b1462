import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, type JWK } from "jose";
import { KeysError, parseKeys } from "./parse_keys.ts";

const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwk = { ...await exportJWK(publicKey), kid: "one" };
const secretJwk = { ...await exportJWK(privateKey), kid: "one" };
const shared = { kty: "oct", k: "AAAA", kid: "one" };
/** Returns the public key that is found for a token. */
async function found(text: string): Promise<JWK> {
  const key = await parseKeys(text)({ alg: "ES256", kid: "one" }, { payload: "", signature: "" });
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

Deno.test("parseKeys() rejects a text without a public key, and does not repeat it", async () => {
  const secretPem = await exportPKCS8(privateKey);
  const texts = [
    JSON.stringify(secretJwk),
    JSON.stringify({ keys: [secretJwk] }),
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
