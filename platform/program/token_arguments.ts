import { parseArgs } from "node:util";
import type { DevelopmentTokenOptions } from "@archway/server/authentication.ts";
import { parseDuration } from "@archway/service_kit/setting_types.ts";

/** Invalid arguments; the message is one line. */
export class TokenArgumentsError extends Error {
  override readonly name = "TokenArgumentsError";
}

const OPTIONS = {
  subject: { type: "string", default: "developer" },
  scope: { type: "string" },
  expires: { type: "string", default: "1h" },
} as const;

/** Maximum lifetime: 30 days. */
const MAX_LIFETIME_MS = 30 * 24 * 3_600_000;

/**
 * Parses the arguments of the command `token`.
 *
 * @throws {TokenArgumentsError} for the first invalid argument.
 */
export function parseTokenArguments(
  args: readonly string[],
  { scopes }: { readonly scopes: readonly string[] },
): DevelopmentTokenOptions {
  // Not strict, for error messages in the style of the other commands.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const values = new Map<string, string>([
    ["subject", OPTIONS.subject.default],
    ["scope", scopes.join(" ")],
    ["expires", OPTIONS.expires.default],
  ]);
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(OPTIONS, token.name)) {
      throw new TokenArgumentsError(
        token.kind === "option" ? `unknown option ${token.rawName}` : "unexpected argument",
      );
    }
    if (token.value === undefined) throw new TokenArgumentsError(`${token.rawName} requires a value`);
    values.set(token.name, token.value);
  }
  const subject = values.get("subject") ?? "";
  // deno-lint-ignore no-control-regex -- rejects control characters
  if (!/^[^\u0000-\u001f\u007f]{1,255}$/u.test(subject)) {
    throw new TokenArgumentsError("--subject must have 1 to 255 characters, without control characters");
  }
  const lifetimeMs = parseDuration(values.get("expires") ?? "") ?? NaN;
  if (!(lifetimeMs >= 1000 && lifetimeMs <= MAX_LIFETIME_MS)) {
    throw new TokenArgumentsError("--expires must be a duration such as 30m or 24h, from 1s to 720h");
  }
  return { subject, scope: values.get("scope") ?? "", lifetimeSeconds: Math.floor(lifetimeMs / 1000) };
}
