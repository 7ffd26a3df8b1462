import type { SecurityRequirement } from "../operation.ts";
import { Problem } from "../problem.ts";

/** Challenge with the protection space that clients show. */
const REALM = 'Bearer realm="archway"';

/** Returns the problem for missing credentials. Its challenge has no error code (RFC 6750, section 3.1). */
export function credentialsMissing(): Problem {
  return new Problem(401, "unauthenticated", {
    detail: "The operation requires an access token in the Authorization header",
    headers: { "WWW-Authenticate": REALM },
  });
}

/** Returns the problem for any invalid token. It does not reveal the reason, which would help a forger. */
export function tokenInvalid(cause?: unknown): Problem {
  const description = "The access token is malformed, expired or issued for another service";
  return new Problem(401, "unauthenticated", {
    detail: description,
    headers: {
      "WWW-Authenticate": `${REALM}, error="invalid_token", error_description="${description}"`,
    },
    cause,
  });
}

/**
 * Returns the problem for a token without the required scopes (RFC 6750, section 3.1).
 *
 * @param requirement Requirement to name in the challenge.
 */
export function scopeInsufficient({ scopes }: SecurityRequirement): Problem {
  const description = "The access token lacks a required scope";
  return new Problem(403, "forbidden", {
    detail: description,
    headers: {
      "WWW-Authenticate": `${REALM}, error="insufficient_scope", error_description="${description}", ` +
        `scope="${scopes.join(" ")}"`,
    },
  });
}

/** Returns the problem for a token that cannot be verified now. */
export function authenticationUnavailable(cause: unknown): Problem {
  return new Problem(503, "auth-unavailable", {
    detail: "The keys to verify access tokens are temporarily unavailable",
    headers: { "Retry-After": "5" },
    cause,
  });
}
