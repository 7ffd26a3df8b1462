import { assertEquals, assertGreater, assertMatch, assertRejects } from "@std/assert";
import { tlsFiles } from "./testing/tls_files.ts";
import { expiryOf, readTls, TlsError } from "./tls.ts";

Deno.test("readTls() reads a certificate and its key", async () => {
  const pair = await readTls(tlsFiles("first"));
  assertMatch(pair.cert, /BEGIN CERTIFICATE/);
  assertMatch(pair.key, /BEGIN PRIVATE KEY/);
  assertGreater(expiryOf(pair).getTime(), Date.now());
});

Deno.test("readTls() names the unusable file and the reason", async () => {
  const first = tlsFiles("first");
  const expected: [string, typeof first][] = [
    ["the certificate file does not exist", { ...first, certificate: `${first.certificate}.gone` }],
    ["the key file does not exist", { ...first, key: `${first.key}.gone` }],
    ["the key file is not a regular file", { ...first, key: import.meta.dirname ?? "." }],
    ["the certificate file is not a regular file", { ...first, certificate: "/dev/null" }],
    ["the certificate file contains no PEM certificate", {
      ...first,
      certificate: first.key,
    }],
    ["the key file contains no PEM private key", { ...first, key: first.certificate }],
    ["unsupported kind of certificate or key", tlsFiles("version1")],
    ["the certificate does not match the key", tlsFiles("first", "second")],
  ];
  for (const [reason, files] of expected) {
    const error = await assertRejects(() => readTls(files), TlsError);
    assertEquals(error.message, `Cannot use TLS: ${reason}`);
  }
});

Deno.test("expiryOf() returns the time at which a certificate expires", async () => {
  const expired = expiryOf(await readTls(tlsFiles("expired")));
  assertEquals(expired.getTime() < Date.now(), true);
});
