import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { SettingError } from "@archway/config/environment_reader.ts";
import { hasEmbedded } from "@archway/db/embedded/has_embedded.ts";

/**
 * Returns the error of a program that has no embedded database and would need it: none otherwise. It belongs to the
 * errors of the configuration, which are reported before any file is created.
 */
export function missingDatabase({ database }: Pick<StorageConfig, "database">): readonly SettingError[] {
  if (database.kind !== "embedded" || hasEmbedded()) return [];
  return [{
    variable: "POSTGRES_PRIMARY_HOST",
    reason:
      "or DATABASE_URL is required: this executable contains no embedded database; for that, use the one of `deno task compile`",
  }];
}
