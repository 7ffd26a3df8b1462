import type { TlsConfig } from "@archway/db/postgres/pool_config.ts";
import { MAX_PEM_BYTES, readLimitedFileSync } from "@archway/server/limited_file.ts";
import { fileReason } from "@archway/service_kit/read_setting_file.ts";
import { InvalidSetting } from "@archway/service_kit/setting.ts";

/** TLS to a PostgreSQL server: none, encryption alone, or encryption and a verified certificate (libpq's sslmode). */
export type TlsMode = "disable" | "require" | "verify-full";

/** Mode of TLS, and paths of PEM files. */
export interface TlsFiles {
  readonly mode: TlsMode;
  /** Certificates to trust in addition to the system's. */
  readonly caFile: string | undefined;
  /** Client certificate. */
  readonly certFile: string | undefined;
  /** Private key of the client certificate. */
  readonly keyFile: string | undefined;
  /**
   * Whether TLS begins without a request.
   *
   * @default false
   */
  readonly isDirect?: boolean;
}

/**
 * Loads the files of a TLS configuration; undefined without TLS.
 *
 * @throws {InvalidSetting} for files that do not fit the mode, or that cannot be read.
 */
export function loadTls(
  { mode, caFile, certFile, keyFile, isDirect = false }: TlsFiles,
): TlsConfig | undefined {
  if (mode === "disable") {
    if (isDirect) throw new InvalidSetting("must be require or verify-full with direct negotiation of TLS");
    if ([caFile, certFile, keyFile].every((file) => file === undefined)) return undefined;
    throw new InvalidSetting("must be require or verify-full with a file of certificates or keys");
  }
  if (caFile !== undefined && mode !== "verify-full") {
    throw new InvalidSetting(
      "must be verify-full with a CA file, which nothing would be verified with otherwise",
    );
  }
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new InvalidSetting("needs both files of a client certificate, its certificate and its key");
  }
  return {
    verify: mode === "verify-full",
    ...(isDirect && { negotiation: "direct" }),
    ...(caFile !== undefined && { ca: readPem(caFile, "CA file") }),
    ...(certFile !== undefined && { cert: readPem(certFile, "client certificate") }),
    ...(keyFile !== undefined && { key: readPem(keyFile, "key of the client certificate") }),
  };
}

function readPem(path: string, what: string): string {
  let text: string;
  try {
    text = readLimitedFileSync(path, MAX_PEM_BYTES);
  } catch (error) {
    throw new InvalidSetting(`has a ${what} that ${fileReason(error)}`);
  }
  if (/-----BEGIN [A-Z ]+-----/.test(text)) return text;
  throw new InvalidSetting(`has a ${what} that is not in PEM`);
}
