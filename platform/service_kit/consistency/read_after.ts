import type { WalPosition } from "@archway/db/db.ts";
import { Problem } from "@archway/server/problem.ts";
import type { ConsistencyTokens } from "./consistency_tokens.ts";

/** The header field that carries a token, in answers to writes and in requests that read. */
export const CONSISTENCY_TOKEN = "Consistency-Token";

/**
 * What a read has to see, by its header fields; undefined where it has no token.
 *
 * @throws {Problem} 400 when the token is not one of ours.
 */
export function readAfter(
  headers: { readonly [CONSISTENCY_TOKEN]?: string },
  tokens: ConsistencyTokens,
): WalPosition | undefined {
  const text = headers[CONSISTENCY_TOKEN];
  if (text === undefined) return undefined;
  const position = tokens.parse(text);
  if (position !== undefined) return position;
  throw new Problem(400, "malformed-request", {
    detail: `The ${CONSISTENCY_TOKEN} header is malformed`,
    invalidParams: [{ name: CONSISTENCY_TOKEN, in: "header", reason: "is not a token of this service" }],
  });
}
