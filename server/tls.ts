import { createPrivateKey, X509Certificate } from "node:crypto";

/** The files that TLS is made with, both in PEM. */
export interface TlsFiles {
  /** The server's certificate, followed by those between it and the authority. */
  readonly certificate: string;
  /** Its private key. */
  readonly key: string;
}

/** What is in them. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** The certificate or its key cannot be used; the message says which and why, in one line. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

/**
 * Reads a certificate and its key.
 * @throws {TlsError} when a file cannot be read or parsed, or they do not belong together.
 */
export async function readTls({ certificate, key }: TlsFiles): Promise<TlsPair> {
  const pair = { cert: await readText(certificate, "certificate"), key: await readText(key, "key") };
  const parsed = parse(() => new X509Certificate(pair.cert), "certificate");
  const privateKey = parse(() => createPrivateKey(pair.key), "key");
  if (!parsed.checkPrivateKey(privateKey)) {
    throw new TlsError("Cannot use TLS: the certificate and the key do not belong together");
  }
  return pair;
}

/** When a certificate ends to be valid. */
export function expiryOf({ cert }: TlsPair): Date {
  return new Date(new X509Certificate(cert).validTo);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new TlsError(`Cannot use TLS: the ${what} file ${readReason(cause)}`, { cause });
  }
}

function readReason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "does not exist";
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return "may not be read";
  }
  return "cannot be read";
}

function parse<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    throw new TlsError(`Cannot use TLS: the ${what} file has no ${what} in PEM that can be used`, { cause });
  }
}
