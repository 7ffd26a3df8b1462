import type { SecurityRequirement, SecurityScheme } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { Principal } from "../request_context.ts";

/** Protection space that clients show. */
const REALM = 'realm="archway"';

/** Parameters of a challenge that explain an error (RFC 6750, section 3); API keys have the same. */
interface ChallengeError {
  readonly code: "invalid_token" | "insufficient_scope";
  readonly description: string;
  readonly scopes?: readonly string[];
}

/** Whether a caller has all scopes of a scheme. */
export function hasScopes({ scopes }: Principal, scheme: SecurityScheme): boolean {
  return scheme.scopes.every((scope) => scopes.has(scope));
}

/** Responses to the credentials of a request, prepared for the requirements of an operation. */
export class Challenges {
  readonly #schemes: readonly SecurityScheme[];
  readonly #wanted: string;

  constructor(requirements: readonly SecurityRequirement[]) {
    this.#schemes = requirements.flat();
    const wanted = requirements.filter((schemes) => schemes.length > 0)
      .map((schemes) => [...new Set(schemes.map(describe))].join(" and "));
    this.#wanted = [...new Set(wanted)].join(", or ");
  }

  /** Problem for missing credentials. Its challenges have no error code (RFC 6750, section 3.1). */
  missing(): Problem {
    return this.#unauthenticated({ detail: `The operation requires ${this.#wanted}` });
  }

  /** Returns the problem for any invalid credential. It does not reveal the reason, which would help a forger. */
  invalid(kind: SecurityScheme["kind"], cause?: unknown): Problem {
    if (kind !== "bearer") {
      return this.#unauthenticated({
        detail: "The credentials are malformed, unknown, expired or revoked",
        cause,
      });
    }
    const description = "The access token is malformed, expired or issued for another service";
    return this.#unauthenticated({
      detail: description,
      error: { code: "invalid_token", description },
      cause,
    });
  }

  /** Returns the problem for valid credentials of different callers. */
  contradictory(): Problem {
    return this.#unauthenticated({ detail: "The credentials belong to different callers" });
  }

  /** Returns the problem for a change that another origin requested with the browser's credentials. */
  crossOrigin(): Problem {
    return new Problem(403, "cross-origin", {
      detail:
        "A page of another origin cannot use cookies, passwords or certificates of the browser for changes",
      headers: { "WWW-Authenticate": this.#challenges() },
    });
  }

  #unauthenticated(
    { detail, error, cause }: { detail: string; error?: ChallengeError; cause?: unknown },
  ): Problem {
    return new Problem(401, "unauthenticated", {
      detail,
      headers: { "WWW-Authenticate": this.#challenges(error) },
      cause,
    });
  }

  /** @param error Explains why the access token is invalid. */
  #challenges(error?: ChallengeError): string {
    const challenges = this.#schemes.map((scheme) =>
      challenge(scheme, scheme.kind === "bearer" ? error : undefined)
    );
    return [...new Set(challenges)].join(", ");
  }
}

/**
 * Returns the problem for a credential without the required scopes (RFC 6750, section 3.1).
 *
 * @param scheme Scheme to name in the challenge.
 */
export function scopeInsufficient(scheme: SecurityScheme): Problem {
  const description = `The ${
    scheme.kind === "bearer" ? "access token" : "credential"
  } lacks a required scope`;
  const error = { code: "insufficient_scope", description, scopes: scheme.scopes } as const;
  return new Problem(403, "forbidden", {
    detail: description,
    headers: { "WWW-Authenticate": challenge(scheme, error) },
  });
}

/** Returns the problem for a credential that cannot be verified now. */
export function authenticationUnavailable(kind: SecurityScheme["kind"], cause: unknown): Problem {
  return new Problem(503, "auth-unavailable", {
    detail: kind === "bearer"
      ? "The keys to verify access tokens are temporarily unavailable"
      : "The credentials cannot be verified at the moment",
    headers: { "Retry-After": "5" },
    cause,
  });
}

/** Returns the challenge of a scheme, and the error if there is one. */
function challenge(scheme: SecurityScheme, error: ChallengeError | undefined): string {
  const bare = bareChallenge(scheme);
  if (error === undefined) return bare;
  const { code, description, scopes } = error;
  const scope = scopes === undefined ? "" : `, scope="${scopes.join(" ")}"`;
  return `${bare}, error="${code}", error_description="${description}"${scope}`;
}

/** API keys and certificates have no registered challenge, so these are our own. */
function bareChallenge(scheme: SecurityScheme): string {
  switch (scheme.kind) {
    case "bearer":
      return `Bearer ${REALM}`;
    case "basic":
      return `Basic ${REALM}, charset="UTF-8"`;
    case "apiKey":
      return `ApiKey ${REALM}, in="${scheme.in}", name="${quotable(scheme.name)}"`;
    case "mutualTLS":
      return `ClientCertificate ${REALM}`;
  }
}

function describe(scheme: SecurityScheme): string {
  switch (scheme.kind) {
    case "bearer":
      return "an access token in the Authorization header";
    case "basic":
      return "a user name and password in the Authorization header";
    case "apiKey":
      return `an API key in the ${scheme.in === "query" ? "query parameter" : scheme.in} ${scheme.name}`;
    case "mutualTLS":
      return "a client certificate";
  }
}

/** Escapes the content of a quoted string (RFC 9110, section 5.6.4); omits what no header can carry. */
function quotable(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e]/g, "?").replaceAll(/["\\]/g, "\\$&");
}
