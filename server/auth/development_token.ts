import { importJWK, type JWK, SignJWT } from "jose";
import { DEVELOPMENT_ALGORITHM } from "./development_key.ts";

/** Issuer and audience of development tokens, which no real token has. */
export const DEVELOPMENT_PARTY = "archway-development";

/** Claims of a development token. */
export interface DevelopmentTokenOptions {
  readonly subject: string;
  /** Scopes separated by spaces. */
  readonly scope: string;
  readonly lifetimeSeconds: number;
}

/** Signs a token that is valid only for a service with the same key and AUTH_MODE=dev. */
export async function signDevelopmentToken(
  key: JWK,
  { subject, scope, lifetimeSeconds }: DevelopmentTokenOptions,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT({ scope })
    .setProtectedHeader({ alg: DEVELOPMENT_ALGORITHM, typ: "at+jwt", ...(key.kid && { kid: key.kid }) })
    .setIssuer(DEVELOPMENT_PARTY)
    .setAudience(DEVELOPMENT_PARTY)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(await importJWK(key, DEVELOPMENT_ALGORITHM));
}
