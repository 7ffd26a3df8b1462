import type { SecurityScheme } from "../operation.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Principal } from "../request_context.ts";
import { type Authentication, AuthenticatorUnavailableError, InvalidTokenError } from "./authenticator.ts";
import {
  compileCredential,
  readBearerToken,
  readCertificateSubject,
  type SentCredential,
} from "./sent_credential.ts";

/** Result of the verification of one credential. */
export type Outcome =
  | { readonly kind: "absent" | "malformed" }
  | { readonly kind: "invalid" | "unavailable"; readonly cause: unknown }
  | { readonly kind: "valid"; readonly principal: Principal };

/** Reads and verifies the credential of a scheme. */
export type Verify = (exchange: Exchange) => Outcome | Promise<Outcome>;

export const ABSENT: Outcome = { kind: "absent" };
const MALFORMED: Outcome = { kind: "malformed" };

/** Prepares the verification of a scheme's credential. */
export function compileVerifier(
  scheme: SecurityScheme,
  { authenticator, credentialAuthenticator, certificateHeader }: Authentication,
): Verify {
  if (scheme.kind === "mutualTLS") {
    return (exchange) => {
      const sent = readCertificateSubject(exchange, certificateHeader);
      if (sent === undefined) return ABSENT;
      // The proxy has verified the certificate.
      return sent === "malformed" ? MALFORMED : { kind: "valid", principal: sent };
    };
  }
  if (scheme.kind === "bearer") {
    return (exchange) => {
      const sent = readBearerToken(exchange.fields.authorization);
      if (sent.kind === "none") return ABSENT;
      if (sent.kind === "malformed" || authenticator === undefined) return MALFORMED;
      return outcomeOf(() => authenticator.authenticate(sent.token));
    };
  }
  const read: (exchange: Exchange) => SentCredential = compileCredential(scheme);
  return (exchange) => {
    const sent = read(exchange);
    if (sent === undefined) return ABSENT;
    if (sent === "malformed" || credentialAuthenticator === undefined) return MALFORMED;
    const { signal } = exchange;
    return outcomeOf(() => credentialAuthenticator.authenticate(sent, { scheme: scheme.scheme, signal }));
  };
}

async function outcomeOf(verify: () => Principal | Promise<Principal>): Promise<Outcome> {
  try {
    return { kind: "valid", principal: await verify() };
  } catch (cause) {
    if (cause instanceof InvalidTokenError) return { kind: "invalid", cause };
    if (cause instanceof AuthenticatorUnavailableError) return { kind: "unavailable", cause };
    throw cause;
  }
}
