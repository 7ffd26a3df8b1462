import type { JWTPayload } from "jose";

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
