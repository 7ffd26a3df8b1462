/**
 * Authentication by JSON Web Tokens, and development keys and tokens. Loads `jose`: import it only for its types, or on
 * demand where tokens are verified or signed. The ports of authentication are in authenticator.ts.
 *
 * @module
 */
export { DEVELOPMENT_ALGORITHM, loadOrCreateDevelopmentKey, publicKeyText } from "./auth/development_key.ts";
export {
  DEVELOPMENT_PARTY,
  type DevelopmentTokenOptions,
  signDevelopmentToken,
} from "./auth/development_token.ts";
export { fetchKeys, type FetchKeysOptions } from "./auth/fetch_keys.ts";
export { JwtAuthenticator, type JwtOptions } from "./auth/jwt_authenticator.ts";
export { KeysError } from "./auth/parse_keys.ts";
export { type KeySource, VerificationKeys, type VerificationKeysOptions } from "./auth/verification_keys.ts";
