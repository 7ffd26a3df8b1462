import { parseArgs } from "node:util";
import { microsecondsOf } from "@archway/db/timestamp.ts";
import { UsageError } from "@archway/service_kit/command.ts";
import type { PaymentPlan } from "./seed_plan.ts";

/** Parsed arguments of `seed --payments`. */
export interface SeedArguments {
  readonly plan: PaymentPlan;
  /** Whether accounts may exist before. */
  readonly add: boolean;
  /** Whether the database may be on another machine. */
  readonly remote: boolean;
  /** Arguments that select the same plan at any later time. */
  readonly line: string;
}

const OPTIONS = {
  "payments": { type: "string" },
  "accounts": { type: "string" },
  "days": { type: "string" },
  "until": { type: "string" },
  "random-seed": { type: "string" },
  "add": { type: "boolean" },
  "remote": { type: "boolean" },
} as const;

const DAY_US = 86_400_000_000n;
const DEFAULT_DAYS = 660;

/**
 * Parses the arguments of `seed --payments`.
 *
 * @param today Begin of the day on which payments end by default, such as "2026-11-30".
 * @throws {UsageError} for the first invalid argument.
 */
export function parseSeedArguments(args: readonly string[], { today }: { today: string }): SeedArguments {
  // Not strict, for error messages in the style of the other commands.
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(OPTIONS, token.name)) {
      throw new UsageError(
        token.kind === "option" ? `unknown option ${token.rawName}` : "unexpected argument",
      );
    }
    const isFlag = ["add", "remote"].includes(token.name);
    if (isFlag && token.value !== undefined) throw new UsageError(`${token.rawName} accepts no value`);
    if (!isFlag && token.value === undefined) throw new UsageError(`${token.rawName} requires a value`);
    values.set(token.name, token.value ?? "");
  }
  const number = (name: keyof typeof OPTIONS, range: Range): number => wholeNumber(name, values, range);
  const payments = number("payments", { min: 100, max: 50_000_000 });
  const accounts = number("accounts", { min: 20, max: 100_000, default: defaultAccounts(payments) });
  const days = number("days", { min: 1, max: 3650, default: DEFAULT_DAYS });
  const randomSeed = number("random-seed", { min: 0, max: 1_000_000, default: 1 });
  const until = values.get("until") ?? today;
  const from = instant(until) - BigInt(days) * DAY_US;
  const step = BigInt(days) * DAY_US / BigInt(payments);
  const others = ["accounts", "days", "random-seed"].flatMap((name) =>
    values.has(name) ? [`--${name} ${values.get(name)}`] : []
  );
  const [add, remote] = [values.has("add"), values.has("remote")];
  return {
    plan: { payments, accounts: 10 * Math.ceil(accounts / 10), randomSeed, from, step },
    add,
    remote,
    line: [
      ...[`--payments ${payments}`, ...others, `--until ${until}`],
      ...[...(add ? ["--add"] : []), ...(remote ? ["--remote"] : [])],
    ].join(" "),
  };
}

/** Returns the number of accounts for a number of payments: each takes part in some 200. */
function defaultAccounts(payments: number): number {
  return Math.min(100_000, Math.max(20, Math.floor(payments / 100)));
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** @default none, it is required */
  readonly default?: number;
}

function wholeNumber(
  name: string,
  values: ReadonlyMap<string, string>,
  { min, max, default: otherwise }: Range,
): number {
  const text = values.get(name);
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined) throw new UsageError(`--${name} is required, such as --${name} 10000`);
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  const range = `${min.toLocaleString("en")} to ${max.toLocaleString("en")}`;
  throw new UsageError(`--${name} must be an integer from ${range}`);
}

function instant(text: string): bigint {
  try {
    return microsecondsOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError("--until must be a date such as 2026-11-01 or a time such as 2026-11-01T12:00:00Z");
  }
}
