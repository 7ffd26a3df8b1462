import type { CopySummary } from "@archway/db/copy/copy_database.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** Options of {@link copySummary}. */
export interface CopySummaryOptions {
  readonly seconds: number;
  readonly target: InstanceConfig;
  /** File of the generated HMAC secret; undefined if HMAC_SECRET is configured. */
  readonly secretFile: string | undefined;
}

/** Formats the result of a copy and the next steps, without secrets. */
export function copySummary(
  { tables, rows, found, finishedAt }: CopySummary,
  { seconds, target, secretFile }: CopySummaryOptions,
): string {
  const earlier = found === 0 ? "" : `, ${count(found)} of them by an earlier run`;
  const done = finishedAt !== null
    ? `Nothing to do: the copy was completed at ${finishedAt}`
    : `Copied ${count(tables)} tables with ${count(rows)} rows in ${seconds.toFixed(1)} s${earlier}\n` +
      "Verified: row counts and checksums of all tables are equal";
  return `${done}\n\n${nextSteps(target, secretFile)}`;
}

function nextSteps(
  { host, port, user, database, tls }: InstanceConfig,
  secretFile: string | undefined,
): string {
  const variables: readonly (readonly [name: string, value: string])[] = [
    ["HOST", host],
    ["PORT", String(port)],
    ["USER", user],
    ["PASSWORD", "<password of the URL>"],
    ["DATABASE", database],
    ["TLS", tls === undefined ? "disable" : tls.verify === false ? "require" : "verify-full"],
  ];
  const secret = secretFile === undefined ? "<unchanged>" : `<content of ${secretFile}>`;
  return `Next, start the service with these variables:
${variables.map(([name, value]) => `  POSTGRES_PRIMARY_${name}=${value}\n`).join("")}  HMAC_SECRET=${secret}
With an external PostgreSQL the AUTH_ variables are required (docs/authentication.md). Keep HMAC_SECRET: it decrypts secrets and
personal data of the rows, and keeps the cursors of clients valid. The copy does not include later writes to the embedded database.
`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
