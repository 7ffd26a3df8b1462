import { parseArgs } from "node:util";
import type { DevelopmentTokenOptions } from "@archway/server/authentication.ts";
import { parseDuration } from "@archway/service_kit/setting_types.ts";

/** Arguments that cannot be used; the message is one line. */
export class TokenArgumentsError extends Error {
  override readonly name = "TokenArgumentsError";
}

const OPTIONS = {
  subject: { type: "string", default: "developer" },
  scope: { type: "string" },
  expires: { type: "string", default: "1h" },
} as const;

/** Thirty days; whoever needs longer makes another. */
const MAX_LIFETIME_MS = 30 * 24 * 3_600_000;

/** @throws {TokenArgumentsError} naming the first argument that cannot be used. */
export function parseTokenArguments(
  args: readonly string[],
  { scopes }: { readonly scopes: readonly string[] },
): DevelopmentTokenOptions {
  // Not strict: the words of the error are to be one's own.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const values = new Map<string, string>([
    ["subject", OPTIONS.subject.default],
    ["scope", scopes.join(" ")],
    ["expires", OPTIONS.expires.default],
  ]);
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(OPTIONS, token.name)) {
      throw new TokenArgumentsError(
        `token does not know ${token.kind === "option" ? token.rawName : "such a word"}`,
      );
    }
    if (token.value === undefined) throw new TokenArgumentsError(`${token.rawName} needs a value`);
    values.set(token.name, token.value);
  }
  const subject = values.get("subject") ?? "";
  // deno-lint-ignore no-control-regex -- those are what is to be refused
  if (!/^[^\u0000-\u001f\u007f]{1,255}$/u.test(subject)) {
    throw new TokenArgumentsError("--subject must be a name of 1 to 255 characters");
  }
  const lifetimeMs = parseDuration(values.get("expires") ?? "") ?? NaN;
  if (!(lifetimeMs >= 1000 && lifetimeMs <= MAX_LIFETIME_MS)) {
    throw new TokenArgumentsError("--expires must be a duration such as 30m or 24h, from 1s to 720h");
  }
  return { subject, scope: values.get("scope") ?? "", lifetimeSeconds: Math.floor(lifetimeMs / 1000) };
}
