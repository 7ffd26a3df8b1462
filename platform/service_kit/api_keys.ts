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
