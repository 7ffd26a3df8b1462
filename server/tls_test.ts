import { assertEquals, assertGreater, assertMatch, assertRejects } from "@std/assert";
import { tlsFiles } from "./testing/tls_files.ts";
import { expiryOf, readTls, TlsError } from "./tls.ts";

Deno.test("readTls() reads a certificate and its key", async () => {
  const pair = await readTls(tlsFiles("first"));
  assertMatch(pair.cert, /BEGIN CERTIFICATE/);
  assertMatch(pair.key, /BEGIN PRIVATE KEY/);
  assertGreater(expiryOf(pair).getTime(), Date.now());
});

Deno.test("readTls() says which file cannot be used, and why", async () => {
  const first = tlsFiles("first");
  const expected: [string, typeof first][] = [
    ["the certificate file does not exist", { ...first, certificate: `${first.certificate}.gone` }],
    ["the key file does not exist", { ...first, key: `${first.key}.gone` }],
    ["the key file cannot be read", { ...first, key: import.meta.dirname ?? "." }],
    ["the certificate file has no certificate in PEM", {
      ...first,
      certificate: first.key,
    }],
    ["the key file has no private key in PEM", { ...first, key: first.certificate }],
    ["the certificate or the key is not of a kind that can be used", tlsFiles("version1")],
    ["the certificate and the key do not belong together", tlsFiles("first", "second")],
  ];
  for (const [reason, files] of expected) {
    const error = await assertRejects(() => readTls(files), TlsError);
    assertEquals(error.message, `Cannot use TLS: ${reason}`);
  }
});

Deno.test("expiryOf() tells when a certificate ends to be valid", async () => {
  const expired = expiryOf(await readTls(tlsFiles("expired")));
  assertEquals(expired.getTime() < Date.now(), true);
});
