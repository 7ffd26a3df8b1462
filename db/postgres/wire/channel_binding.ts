import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";

/**
 * Hash functions by the signature algorithm of a certificate, as the content of its object identifier. MD5 and SHA-1 are
 * replaced by SHA-256 (RFC 5929, section 4.1).
 */
const hashes: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // md5WithRSAEncryption
  "2a864886f70d010105": "sha256", // sha1WithRSAEncryption
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a864886f70d01010e": "sha224",
  "2a8648ce3d0401": "sha256", // ecdsa-with-SHA1
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
};

/**
 * Returns the channel binding "tls-server-end-point" of a server's certificate in DER; undefined if its signature
 * algorithm names no hash function, as Ed25519.
 */
export function channelBinding(certificate: Uint8Array): Buffer | undefined {
  const algorithm = signatureAlgorithm(Buffer.from(certificate));
  const hash = algorithm === undefined ? undefined : hashes[algorithm];
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}

/** Returns the object identifier of `Certificate.signatureAlgorithm` in hexadecimal digits (RFC 5280, section 4.1). */
function signatureAlgorithm(der: Buffer): string | undefined {
  const certificate = element(der, 0);
  const signed = certificate && element(der, certificate.start);
  const algorithm = signed && element(der, signed.end);
  const identifier = algorithm && element(der, algorithm.start);
  if (identifier === undefined || der[algorithm?.start ?? 0] !== 0x06) return undefined;
  return der.toString("hex", identifier.start, identifier.end);
}

/** Returns the place of the content of a DER element. */
function element(der: Buffer, offset: number): { readonly start: number; readonly end: number } | undefined {
  const first = der[offset + 1];
  if (first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = offset + 2 + lengthBytes;
  if (lengthBytes > 4 || start > der.length) return undefined;
  const length = lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes);
  return start + length > der.length ? undefined : { start, end: start + length };
}
