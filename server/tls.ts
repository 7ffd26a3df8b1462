import { X509Certificate } from "node:crypto";

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
 * @throws {TlsError} when a file cannot be read or used, or they do not belong together.
 */
export async function readTls(files: TlsFiles): Promise<TlsPair> {
  const pair = await readTlsFiles(files);
  checkTls(pair);
  return pair;
}

/**
 * Reads what is in the files, whatever it is.
 * @throws {TlsError} when a file cannot be read.
 */
export async function readTlsFiles({ certificate, key }: TlsFiles): Promise<TlsPair> {
  return { cert: await readText(certificate, "certificate"), key: await readText(key, "key") };
}

/**
 * Checks whether the platform takes a certificate and its key, by listening with them for a moment.
 * @throws {TlsError} when it does not.
 */
export function checkTls({ cert, key }: TlsPair): void {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (cause) {
    throw new TlsError(`Cannot use TLS: ${refusalReason(cause)}`, { cause });
  }
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

/** The platform's reasons are told apart by their texts only. */
function refusalReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "";
  if (/KeyMismatch/i.test(message)) return "the certificate and the key do not belong together";
  if (/no certificates/i.test(message)) return "the certificate file has no certificate in PEM";
  if (/no keys/i.test(message)) return "the key file has no private key in PEM";
  return "the certificate or the key is not of a kind that can be used";
}
