import type { WorkConfig } from "@archway/config/config.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";

/**
 * Returns the configured secrets, or the one that is stored with the embedded database.
 *
 * @throws {Error} for another database without secrets, which its configuration refuses.
 */
export async function hmacSecretsOf(
  { hmacSecrets, database }: Pick<WorkConfig, "hmacSecrets" | "database">,
): Promise<NonNullable<WorkConfig["hmacSecrets"]>> {
  if (hmacSecrets !== undefined) return hmacSecrets;
  if (database.kind === "embedded") return [await loadOrCreateSecret(database.dataDirectory)];
  // The configuration requires secrets with an external database.
  throw new Error("Starting the program: no secret is configured");
}
