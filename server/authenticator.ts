/**
 * Ports of authentication: what the server needs to identify the caller of a request.
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
