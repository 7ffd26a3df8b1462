import { join } from "node:path";
import type { TableDeclaration } from "./personal_data.ts";

/** Public entry point of API keys: creation, and authentication of requests that send them. */
export { apiKeyId, createApiKey, type NewApiKey } from "./api_keys/api_key.ts";
export { ApiKeyAuthenticator, type ApiKeyAuthenticatorOptions } from "./api_keys/api_key_authenticator.ts";
export {
  type ApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
  type RevokedApiKey,
} from "./api_keys/api_key_table.ts";

/** Its table. */
export const API_KEY_TABLES: readonly TableDeclaration[] = [{
  table: "api_keys",
  personal: ["name", "subject"],
  retention: {
    rule: "until an operator deletes the row: a key names a caller, which is no person in general",
  },
  erasure: "nothing: see callers",
}];

/** Folder of the migrations of the table of API keys, which every program has. */
export const API_KEY_MIGRATIONS: string = join(import.meta.dirname ?? ".", "api_keys/migrations");
