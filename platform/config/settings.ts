import type {
  DurationOptions,
  DurationText,
  IntegerOptions,
  SettingsReader,
} from "@archway/service_kit/settings_reader.ts";

/** Looks a variable up; `Deno.env.get` is one. */
export type EnvironmentLookup = (name: string) => string | undefined;

/** A variable that is missing or wrong: its name, and why, without its value. */
export interface ConfigFault {
  readonly variable: string;
  readonly reason: string;
}

const DURATION = /^(\d{1,9})(ms|s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads variables into typed values and collects every fault on the way. An empty variable counts as absent. */
export class Settings implements SettingsReader {
  readonly faults: ConfigFault[] = [];
  readonly #lookup: EnvironmentLookup;

  constructor(lookup: EnvironmentLookup) {
    this.#lookup = lookup;
  }

  /** The text of a variable, or undefined where it is absent or empty. */
  text(variable: string): string | undefined {
    return this.#lookup(variable) || undefined;
  }

  /** The parts of a text that commas separate; none where it is absent. */
  list(variable: string): readonly string[] {
    return this.text(variable)?.split(",").map((part) => part.trim()) ?? [];
  }

  /** The text of a variable that has to be there; "" and a fault where it is not. */
  requiredText(variable: string): string {
    const text = this.text(variable);
    if (text === undefined) this.reject(variable, "is required");
    return text ?? "";
  }

  /**
   * A secret: the text of a variable, or of the file that the variable with "_FILE" behind its name leads to, without
   * the line break at its end. Undefined where there is neither; both at once are a fault.
   */
  secret(variable: string): string | undefined {
    const [text, place] = [this.text(variable), `${variable}_FILE`];
    const path = this.text(place);
    if (path === undefined) return text;
    if (text !== undefined) this.reject(variable, `and ${place} are both set`);
    const content = readText(path)?.replace(/\r?\n$/, "");
    if (content === undefined) this.reject(place, "does not lead to a file that can be read");
    if (content === "") this.reject(place, "leads to a file that is empty");
    return content || undefined;
  }

  /** A secret that has to be there; "" and a fault where it is not. */
  requiredSecret(variable: string): string {
    const before = this.faults.length;
    const secret = this.secret(variable);
    if (secret === undefined && this.faults.length === before) this.reject(variable, "is required");
    return secret ?? "";
  }

  integer(variable: string, fallback: number, { min, max }: IntegerOptions): number {
    const text = this.text(variable);
    if (text === undefined) return fallback;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    this.reject(variable, `must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  /** Milliseconds of a duration such as "500ms", "10s", "5m" or "24h". */
  durationMs(
    variable: string,
    fallback: DurationText,
    { min = "0s", max = "24h" }: DurationOptions = {},
  ): number {
    const text = this.text(variable);
    const ms = parseDuration(text ?? fallback);
    const [minMs, maxMs] = [parseDuration(min) ?? 0, parseDuration(max) ?? 0];
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
    if (ms === undefined) this.reject(variable, 'must be a duration such as "500ms", "10s", "5m" or "24h"');
    else this.reject(variable, minMs === 0 ? `must be at most ${max}` : `must be ${min} to ${max}`);
    return parseDuration(fallback) ?? 0;
  }

  oneOf<T extends string>(variable: string, fallback: T, allowed: readonly T[]): T {
    const text = this.text(variable);
    if (text === undefined) return fallback;
    const found = allowed.find((value) => value === text);
    if (found === undefined) this.reject(variable, `must be one of ${allowed.join(", ")}`);
    return found ?? fallback;
  }

  /** An absolute http or https URL without query and fragment. */
  url(variable: string): URL | undefined {
    const text = this.text(variable);
    if (text === undefined) return undefined;
    const url = URL.parse(text);
    if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
    this.reject(variable, "must be an absolute http or https URL without query and fragment");
    return undefined;
  }

  reject(variable: string, reason: string): void {
    this.faults.push({ variable, reason });
  }
}

/** Milliseconds of a duration such as "500ms", "10s", "5m" or "24h"; undefined: it is none. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

/** The text of a file; undefined: it cannot be read, for whatever reason. */
function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
