import { join } from "node:path";
import type { TlsFiles } from "../tls.ts";

const FOLDER = join(import.meta.dirname ?? ".", "tls");

/** Certificates for localhost that sign themselves; the last two have the key of "first". */
export type TestCertificate = "first" | "second" | "expired" | "version1";

/** Where a certificate is that only tests use, and its key. */
export function tlsFiles(certificate: TestCertificate, key: "first" | "second" = "first"): TlsFiles {
  return { certificate: join(FOLDER, `${certificate}.crt`), key: join(FOLDER, `${key}.key`) };
}
