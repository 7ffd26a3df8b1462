import { errors, type JWTPayload, jwtVerify, type JWTVerifyResult } from "jose";
import type { Principal } from "../request_context.ts";
import { type Authenticator, InvalidTokenError } from "../security/authenticator.ts";
import type { KeyFinder } from "./parse_keys.ts";
import type { VerificationKeys } from "./verification_keys.ts";
import { VerifiedTokens } from "./verified_tokens.ts";

/** Requirements for tokens. */
export interface JwtOptions {
  /** Required issuer, compared exactly. */
  readonly issuer: string;
  /** Required audience; a token may have others too. */
  readonly audience: string;
  /** Accepted signature algorithms, e.g. "ES256"; never symmetric ones. */
  readonly algorithms: readonly string[];
  /** Tolerated difference between the clocks of issuer and service, in seconds. */
  readonly clockSkewSeconds: number;
}

/** Subjects that the database can store, of the length that OpenID Connect Core, section 2, allows. */
// deno-lint-ignore no-control-regex -- these are the rejected characters
const SUBJECT = /^[^\u0000-\u001f\u007f]{1,255}$/u;

/** Types of access tokens (RFC 7519, section 5.1; RFC 9068, section 2.1). */
const ACCESS_TOKEN_TYPE = /^(?:application\/)?(?:at\+)?jwt$/i;

/** Last second of the year 9999: a later time is in another unit, or never. */
const MAX_TIME = 253_402_300_799;

/** Authenticator for signed JSON Web Tokens (RFC 7519, RFC 8725). */
export class JwtAuthenticator implements Authenticator {
  readonly #keys: VerificationKeys;
  readonly #options: JwtOptions;
  readonly #verified = new VerifiedTokens();

  constructor(keys: VerificationKeys, options: JwtOptions) {
    this.#keys = keys;
    this.#options = options;
  }

  authenticate(token: string): Principal | Promise<Principal> {
    const keys = this.#keys.current();
    if (keys instanceof Promise) return keys.then((found) => this.#verify(token, found));
    return this.#verified.get(token, keys) ?? this.#verify(token, keys);
  }

  async #verify(token: string, keys: KeyFinder): Promise<Principal> {
    try {
      return await this.#verifyWith(token, keys);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusal(error);
    }
    // The issuer may have rotated its keys.
    const newer = await this.#keys.newerThan(keys);
    if (newer === undefined) throw new InvalidTokenError("Unknown signing key");
    try {
      return await this.#verifyWith(token, newer);
    } catch (error) {
      throw refusal(error);
    }
  }

  async #verifyWith(token: string, keys: KeyFinder): Promise<Principal> {
    const { payload, protectedHeader } = await this.#check(token, keys);
    checkType(protectedHeader.typ);
    checkTimes(payload);
    const principal = principalOf(payload);
    this.#verified.add(token, { principal, keys, expiresMs: (payload.exp ?? 0) * 1000 });
    return principal;
  }

  async #check(token: string, keys: KeyFinder): Promise<JWTVerifyResult> {
    const { issuer, audience, algorithms, clockSkewSeconds } = this.#options;
    const verifyOptions = {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockSkewSeconds,
      requiredClaims: ["sub", "exp"],
    };
    try {
      return await jwtVerify(token, keys, verifyOptions);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      for await (const key of error) {
        try {
          return await jwtVerify(token, key, verifyOptions);
        } catch (wrong) {
          if (!(wrong instanceof errors.JWSSignatureVerificationFailed)) throw wrong;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }
}

/** @throws {InvalidTokenError} for a JSON Web Token of another kind, such as a logout token (RFC 8725, 3.11). */
function checkType(type: unknown): void {
  if (type === undefined || typeof type === "string" && ACCESS_TOKEN_TYPE.test(type)) return;
  throw new InvalidTokenError("Not an access token");
}

/** @throws {InvalidTokenError} for times that are no dates, such as 1e400, which JSON parsers read as infinity. */
function checkTimes({ exp, nbf, iat }: JWTPayload): void {
  for (const time of [exp, nbf, iat]) {
    if (time !== undefined && !(time >= 0 && time <= MAX_TIME)) throw new InvalidTokenError("Invalid time");
  }
}

function principalOf(payload: JWTPayload): Principal {
  const { sub } = payload;
  if (typeof sub !== "string" || !SUBJECT.test(sub) || !sub.isWellFormed()) {
    throw new InvalidTokenError("Invalid subject");
  }
  return { subject: sub, scopes: scopesOf(payload) };
}

/** Converts any failure to an invalid token: its header selected the key and the algorithm. */
function refusal(error: unknown): InvalidTokenError {
  return error instanceof InvalidTokenError
    ? error
    : new InvalidTokenError("Token verification failed", { cause: error });
}

/**
 * Returns the scopes of a token. They are in `scope`, separated by spaces (RFC 8693, section 4.2), or else in `scp`,
 * which some issuers use instead, as a list or a text. Claims of any other type grant no scopes.
 */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const claim = scope ?? scp;
  if (typeof claim === "string") return new Set(claim.split(" ").filter((word) => word !== ""));
  if (!Array.isArray(claim)) return new Set();
  return new Set(claim.filter((word): word is string => typeof word === "string" && word !== ""));
}
