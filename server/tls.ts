import { X509Certificate } from "node:crypto";
import { FileError, MAX_PEM_BYTES, readLimitedFile } from "./limited_file.ts";

/** Paths of the TLS files, both in PEM. */
export interface TlsFiles {
  /** Certificate of the server, followed by the intermediate certificates. */
  readonly certificate: string;
  /** Private key of the certificate. */
  readonly key: string;
}

/** Content of the TLS files. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** Failure to use a certificate or its key; the message is one line with the file and the reason. */
export class TlsError extends Error {
  override readonly name = "TlsError";
}

/**
 * Reads a certificate and its key.
 *
 * @throws {TlsError} if a file cannot be read or used, or the certificate does not match the key.
 */
export async function readTls(files: TlsFiles): Promise<TlsPair> {
  const pair = await readTlsFiles(files);
  checkTls(pair);
  return pair;
}

/**
 * Reads the files without checking their content.
 *
 * @throws {TlsError} if a file cannot be read.
 */
export async function readTlsFiles({ certificate, key }: TlsFiles): Promise<TlsPair> {
  return { cert: await readText(certificate, "certificate"), key: await readText(key, "key") };
}

/**
 * Checks that the platform accepts a certificate and its key, by briefly listening with them.
 *
 * @throws {TlsError} if it does not.
 */
export function checkTls({ cert, key }: TlsPair): void {
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key }).close();
  } catch (cause) {
    throw new TlsError(`Cannot use TLS: ${refusalReason(cause)}`, { cause });
  }
}

/** Returns the time at which a certificate expires. */
export function expiryOf({ cert }: TlsPair): Date {
  return new Date(new X509Certificate(cert).validTo);
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readLimitedFile(path, MAX_PEM_BYTES);
  } catch (cause) {
    throw new TlsError(`Cannot use TLS: the ${what} file ${readReason(cause)}`, { cause });
  }
}

function readReason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "does not exist";
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return "cannot be read: permission denied";
  }
  return cause instanceof FileError ? cause.message : "cannot be read";
}

/** Classifies the platform's errors, which differ only in their messages. */
function refusalReason(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "";
  if (/KeyMismatch/i.test(message)) return "the certificate does not match the key";
  if (/no certificates/i.test(message)) return "the certificate file contains no PEM certificate";
  if (/no keys/i.test(message)) return "the key file contains no PEM private key";
  return "unsupported kind of certificate or key";
}
