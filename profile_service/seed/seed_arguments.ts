import { parseArgs } from "node:util";
import { UsageError } from "@archway/service_kit/command.ts";
import type { SeedPlan } from "./seed_plan.ts";
import { microsecondsOf } from "@archway/db/timestamp.ts";

const OPTIONS = {
  "profiles": { type: "string" },
  "random-seed": { type: "string", default: "1" },
  "until": { type: "string", default: "2026-11-01" },
} as const;

/**
 * Parses the arguments of `seed`.
 *
 * @throws {UsageError} for the first invalid argument.
 */
export function parseSeedArguments(args: readonly string[]): SeedPlan {
  // Not strict, for error messages in the style of the other commands.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const values = new Map<string, string>([
    ["random-seed", OPTIONS["random-seed"].default],
    ["until", OPTIONS.until.default],
  ]);
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(OPTIONS, token.name)) {
      throw new UsageError(
        token.kind === "option" ? `unknown option ${token.rawName}` : "unexpected argument",
      );
    }
    if (token.value === undefined) throw new UsageError(`${token.rawName} requires a value`);
    values.set(token.name, token.value);
  }
  return {
    profiles: wholeNumber("--profiles", values.get("profiles"), { min: 1, max: 10_000_000 }),
    randomSeed: wholeNumber("--random-seed", values.get("random-seed"), { min: 0, max: 0xffffffff }),
    until: instant("--until", values.get("until") ?? ""),
  };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (text === undefined) {
    throw new UsageError(`${name} is required, such as ${name} 1000`);
  }
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} must be an integer from ${plain(min)} to ${plain(max)}`);
}

function instant(name: string, text: string): bigint {
  try {
    return microsecondsOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(
      `${name} must be a date such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z`,
    );
  }
}

function plain(value: number): string {
  return value.toLocaleString("en");
}
