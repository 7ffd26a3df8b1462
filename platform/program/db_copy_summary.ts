import type { CopySummary } from "@archway/db/copy/copy_database.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";

/** What there is to say besides the copy's own figures. */
export interface CopySummaryOptions {
  readonly seconds: number;
  readonly target: InstanceConfig;
  /** Where the secret is kept that signs cursors; undefined: it is configured. */
  readonly secretFile: string | undefined;
}

/** What has been copied and what to do next, for people, without secrets. */
export function copySummary(
  { tables, rows, found, finishedAt }: CopySummary,
  { seconds, target, secretFile }: CopySummaryOptions,
): string {
  const earlier = found === 0 ? "" : `, ${count(found)} of them by an earlier run`;
  const done = finishedAt !== null
    ? `The copy was finished at ${finishedAt} already: nothing was done`
    : `Copied ${count(tables)} tables with ${count(rows)} rows in ${seconds.toFixed(1)} s${earlier}\n` +
      "Verified: every table has the same number of rows and the same checksum on both sides";
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
    ["PASSWORD", "<the password in the URL>"],
    ["DATABASE", database],
    ["TLS", tls === undefined ? "disable" : tls.verify === false ? "require" : "verify-full"],
  ];
  const secret = secretFile === undefined ? "<as it is now>" : `<the line in ${secretFile}>`;
  return `Next, start the service with these variables, and no longer without:
${variables.map(([name, value]) => `  POSTGRES_PRIMARY_${name}=${value}\n`).join("")}  HMAC_SECRET=${secret}
Beside a server of your own the service does not start before AUTH_… says how callers are known (docs/security.md).
The secret makes cursors stay valid that clients have. What is written to the embedded database from now on is not
in the copy.
`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
