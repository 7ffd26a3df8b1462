import { errors, type JWTPayload, jwtVerify, type JWTVerifyResult } from "jose";
import type { Principal } from "../request_context.ts";
import { type Authenticator, InvalidTokenError } from "../security/authenticator.ts";
import type { KeyFinder } from "./parse_keys.ts";
import type { VerificationKeys } from "./verification_keys.ts";
import { VerifiedTokens } from "./verified_tokens.ts";

/** The rules that a token has to keep. */
export interface JwtOptions {
  /** Who has to have issued it, letter by letter. */
  readonly issuer: string;
  /** Whom it has to be for, among others. */
  readonly audience: string;
  /** The signatures that are taken, e.g. "ES256". Never one that is made with a shared secret. */
  readonly algorithms: readonly string[];
  /** How far the clocks of issuer and service may be apart, in seconds. */
  readonly clockSkewSeconds: number;
}

/** What a name may be: text that the database can keep, of the length that OpenID Connect Core, section 2, allows. */
// deno-lint-ignore no-control-regex -- those are what is to be refused
const SUBJECT = /^[^\u0000-\u001f\u007f]{1,255}$/u;

/** Checks access tokens that are signed JSON Web Tokens (RFC 7519, RFC 8725). */
export class JwtAuthenticator implements Authenticator {
  readonly #keys: VerificationKeys;
  readonly #rules: JwtOptions;
  readonly #verified = new VerifiedTokens();

  constructor(keys: VerificationKeys, rules: JwtOptions) {
    this.#keys = keys;
    this.#rules = rules;
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
    // The issuer may have begun to sign with a new key.
    const newer = await this.#keys.newerThan(keys);
    if (newer === undefined) throw new InvalidTokenError("The token's key is not known");
    try {
      return await this.#verifyWith(token, newer);
    } catch (error) {
      throw refusal(error);
    }
  }

  async #verifyWith(token: string, keys: KeyFinder): Promise<Principal> {
    const { payload } = await this.#check(token, keys);
    const principal = principalOf(payload);
    this.#verified.add(token, { principal, keys, expiresMs: (payload.exp ?? 0) * 1000 });
    return principal;
  }

  async #check(token: string, keys: KeyFinder): Promise<JWTVerifyResult> {
    const { issuer, audience, algorithms, clockSkewSeconds } = this.#rules;
    const options = {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockSkewSeconds,
      requiredClaims: ["sub", "exp"],
    };
    try {
      return await jwtVerify(token, keys, options);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      for await (const key of error) {
        try {
          return await jwtVerify(token, key, options);
        } catch (wrong) {
          if (!(wrong instanceof errors.JWSSignatureVerificationFailed)) throw wrong;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }
}

function principalOf(payload: JWTPayload): Principal {
  const { sub } = payload;
  if (typeof sub !== "string" || !SUBJECT.test(sub) || !sub.isWellFormed()) {
    throw new InvalidTokenError("The token's subject is not a name");
  }
  return { subject: sub, scopes: scopesOf(payload) };
}

/** Whatever went wrong in checking a token is the token's error: its header chose the key and the way to use it. */
function refusal(error: unknown): InvalidTokenError {
  return error instanceof InvalidTokenError
    ? error
    : new InvalidTokenError("The token is not taken", { cause: error });
}

/**
 * The scopes of a token: `scope`, separated by spaces (RFC 8693, section 4.2), or where that is absent `scp`, which some
 * issuers write instead, as a list or as text. Claims of another kind give none.
 */
export function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const claim = scope ?? scp;
  if (typeof claim === "string") return new Set(claim.split(" ").filter((word) => word !== ""));
  if (!Array.isArray(claim)) return new Set();
  return new Set(claim.filter((word): word is string => typeof word === "string" && word !== ""));
}
