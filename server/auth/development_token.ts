import { importJWK, type JWK, SignJWT } from "jose";
import { DEVELOPMENT_ALGORITHM } from "./development_key.ts";

/** Who issues development tokens, and whom they are for: nobody that a real token names. */
export const DEVELOPMENT_PARTY = "archway-development";

/** What a development token says. */
export interface DevelopmentTokenOptions {
  readonly subject: string;
  /** Separated by spaces. */
  readonly scope: string;
  readonly lifetimeSeconds: number;
}

/** Signs a token that only a service with the same key takes, and only with AUTH_MODE=dev. */
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
