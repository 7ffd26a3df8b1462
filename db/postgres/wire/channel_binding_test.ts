import { assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { tlsFiles } from "@archway/server/testing/tls_files.ts";
import { channelBinding } from "./channel_binding.ts";

Deno.test("channelBinding() hashes a certificate by its own signature algorithm", async () => {
  const certificate = new X509Certificate(await Deno.readTextFile(tlsFiles("first").certificate));
  const expected = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  // Signed by ECDSA with SHA-256.
  assertEquals(channelBinding(certificate.raw)?.toString("hex"), expected);
});

Deno.test("channelBinding() returns undefined for what is not a certificate or has an unknown algorithm", async () => {
  const { raw } = new X509Certificate(await Deno.readTextFile(tlsFiles("first").certificate));
  for (let end = 0; end < raw.length; end++) assertEquals(channelBinding(raw.subarray(0, end)), undefined);
  assertEquals(channelBinding(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)), undefined);
});
