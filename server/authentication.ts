/**
 * Authentication by access tokens and other credentials, and development keys and tokens. Has the server's ports and
 * the implementation for JSON Web Tokens. Loads `jose`; import it only for its types or where tokens are verified or signed.
 *
 * @module
 */
export {
  type Authenticator,
  AuthenticatorUnavailableError,
  type Credential,
  type CredentialAuthenticator,
  type CredentialOptions,
  InvalidTokenError,
} from "./security/authenticator.ts";
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
