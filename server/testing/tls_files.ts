import { join } from "node:path";
import type { TlsFiles } from "../tls.ts";

const FOLDER = join(import.meta.dirname ?? ".", "tls");

/** Self-signed certificates for localhost; the last two have the key of "first". */
export type TestCertificate = "first" | "second" | "expired" | "version1";

/** Returns the paths of a test certificate and a key. */
export function tlsFiles(certificate: TestCertificate, key: "first" | "second" = "first"): TlsFiles {
  return { certificate: join(FOLDER, `${certificate}.crt`), key: join(FOLDER, `${key}.key`) };
}
