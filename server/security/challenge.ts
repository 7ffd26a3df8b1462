import type { SecurityRequirement } from "../operation.ts";
import { Problem } from "../problem.ts";

/** What a browser or a client library shows as the place that wants credentials. */
const REALM = 'Bearer realm="archway"';

/** The answer to a request without credentials, which is told no error (RFC 6750, section 3.1). */
export function credentialsMissing(): Problem {
  return new Problem(401, "unauthenticated", {
    detail: "The operation requires an access token in the Authorization header",
    headers: { "WWW-Authenticate": REALM },
  });
}

/** The answer to every token that is not taken. Which rule it broke is nothing that a forger should learn. */
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
 * The answer to a token that lacks scopes (RFC 6750, section 3.1).
 *
 * @param requirement What would have been enough.
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

/** The answer when nobody can tell now whether a token is good: the client's may well be. */
export function authenticationUnavailable(cause: unknown): Problem {
  return new Problem(503, "auth-unavailable", {
    detail: "The keys to verify access tokens are temporarily unavailable",
    headers: { "Retry-After": "5" },
    cause,
  });
}
