import { InvalidSetting, type Setting } from "./setting.ts";

/** A duration with its unit: "500ms", "10s", "5m" or "24h". */
export type DurationText = `${number}${"ms" | "s" | "m" | "h"}`;

/** Maximum retention of stored data: ten years. */
export const MAX_RETENTION: DurationText = "87600h";

/** Documentation of a setting. */
export interface SettingOptions {
  /** Effect, units and consequences, in one or more sentences. */
  readonly description: string;
  /** Rule of a default that depends on other settings, without a period. */
  readonly defaultRule?: string;
  /** Example value of a setting without a default. */
  readonly example?: string;
  /** Names of earlier releases that still work. @default {[]} */
  readonly aliases?: readonly string[];
  /** Whether the processes of WORKERS divide the value; `divideLimits` does it. @default {false} */
  readonly divided?: boolean;
}

/** Options for {@link customSetting}. */
export interface CustomOptions<T> extends SettingOptions {
  readonly type: string;
  /** Default as a text that `parse` accepts. */
  readonly default?: string;
  /** @default {""} */
  readonly bounds?: string;
  /** @default {false} */
  readonly secret?: boolean;
  /** @throws {InvalidSetting} */
  readonly parse: (text: string) => T;
}

/** Returns a setting of any type. */
export function customSetting<T>(
  name: string,
  options: CustomOptions<T> & { readonly default: string },
): Setting<T>;
export function customSetting<T>(name: string, options: CustomOptions<T>): Setting<T | undefined>;
export function customSetting<T>(name: string, options: CustomOptions<T>): Setting<T | undefined> {
  const { type, bounds = "", secret = false, description, aliases = [], divided = false, parse } = options;
  return {
    name,
    type,
    bounds,
    defaultText: options.default,
    defaultRule: options.defaultRule,
    example: options.example,
    secret,
    divided,
    description,
    aliases,
    fallback: options.default === undefined ? undefined : parse(options.default),
    parse,
  };
}

/** Options for {@link textSetting}. */
export interface TextOptions extends SettingOptions {
  readonly default?: string;
  /** Pattern of valid texts, and the error message for others, such as "must consist of letters". */
  readonly pattern?: readonly [RegExp, string];
  /** @default {"text"} */
  readonly type?: string;
}

/** Returns a setting that is a text. */
export function textSetting(
  name: string,
  options: TextOptions & { readonly default: string },
): Setting<string>;
export function textSetting(name: string, options: TextOptions): Setting<string | undefined>;
export function textSetting(name: string, options: TextOptions): Setting<string | undefined> {
  const { type = "text", pattern, ...rest } = options;
  return customSetting(name, {
    ...rest,
    type,
    parse: (text) => {
      if (pattern !== undefined && !pattern[0].test(text)) throw new InvalidSetting(pattern[1]);
      return text;
    },
  });
}

/** Returns a setting that is never printed and can be read from a file. */
export function secretSetting(name: string, options: SettingOptions): Setting<string | undefined> {
  return customSetting(name, { ...options, type: "secret", secret: true, parse: (text) => text });
}

/** Returns a setting that is a comma-separated list; empty if absent. */
export function listSetting(
  name: string,
  options: SettingOptions & { readonly default?: string },
): Setting<readonly string[]> {
  const parse = (text: string): readonly string[] => text.split(",").map((part) => part.trim());
  const setting = customSetting(name, { ...options, type: "list", parse });
  return { ...setting, fallback: setting.fallback ?? [], parse };
}

/** Options for {@link integerSetting}. */
export interface IntegerOptions extends SettingOptions {
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

/** Returns a setting that is an integer. */
export function integerSetting(
  name: string,
  options: IntegerOptions & { readonly default: number },
): Setting<number>;
export function integerSetting(name: string, options: IntegerOptions): Setting<number | undefined>;
export function integerSetting(name: string, options: IntegerOptions): Setting<number | undefined> {
  const { min, max, default: fallback, ...rest } = options;
  const setting = customSetting(name, {
    ...rest,
    type: "integer",
    bounds: `${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
      if (value >= min && value <= max) return value;
      throw new InvalidSetting(`must be an integer from ${min} to ${max}`);
    },
  });
  return fallback === undefined ? setting : { ...setting, defaultText: `${fallback}`, fallback };
}

/** Options for {@link durationSetting}. */
export interface DurationOptions extends SettingOptions {
  readonly default: DurationText;
  /** @default {"0s"} */
  readonly min?: DurationText;
  /** At most 2^31 - 1 ms for durations that set a timer. @default {"24h"} */
  readonly max?: DurationText;
}

/** Returns a setting that is a duration, in milliseconds. */
export function durationSetting(name: string, options: DurationOptions): Setting<number> {
  const { min = "0s", max = "24h", ...rest } = options;
  const [minMs, maxMs] = [parseDuration(min) ?? 0, parseDuration(max) ?? 0];
  return customSetting(name, {
    ...rest,
    type: "duration",
    bounds: `${min} to ${max}`,
    parse: (text) => {
      const ms = parseDuration(text);
      if (ms === undefined) {
        throw new InvalidSetting('must be a duration such as "500ms", "10s", "5m" or "24h"');
      }
      if (ms >= minMs && ms <= maxMs) return ms;
      throw new InvalidSetting(minMs === 0 ? `must be at most ${max}` : `must be from ${min} to ${max}`);
    },
  });
}

const DURATION = /^(\d{1,9})(ms|s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses a duration such as "500ms", "10s", "5m" or "24h" to milliseconds. Undefined if invalid. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

/** Returns a setting that is one of several words, case-insensitive. */
export function choiceSetting<T extends string>(
  name: string,
  choices: readonly T[],
  options: SettingOptions & { readonly default: NoInfer<T>; readonly synonyms?: Readonly<Record<string, T>> },
): Setting<T>;
export function choiceSetting<T extends string>(
  name: string,
  choices: readonly T[],
  options: SettingOptions & { readonly synonyms?: Readonly<Record<string, T>> },
): Setting<T | undefined>;
export function choiceSetting<T extends string>(
  name: string,
  choices: readonly T[],
  { synonyms = {}, ...options }: SettingOptions & {
    readonly default?: T;
    readonly synonyms?: Readonly<Record<string, T>>;
  },
): Setting<T | undefined> {
  return customSetting(name, {
    ...options,
    type: `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`,
    parse: (text) => {
      const word = text.toLowerCase();
      const found = choices.find((choice) => choice === word) ?? synonyms[word];
      if (found === undefined) throw new InvalidSetting(`must be one of ${choices.join(", ")}`);
      return found;
    },
  });
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** Returns a setting that is true or false. */
export function booleanSetting(
  name: string,
  options: SettingOptions & { readonly default: boolean },
): Setting<boolean>;
export function booleanSetting(name: string, options: SettingOptions): Setting<boolean | undefined>;
export function booleanSetting(
  name: string,
  { default: fallback, ...options }: SettingOptions & { readonly default?: boolean },
): Setting<boolean | undefined> {
  const setting = customSetting(name, {
    ...options,
    type: "true or false",
    parse: (text) => {
      const found = BOOLEANS[text.toLowerCase()];
      if (found === undefined) throw new InvalidSetting("must be true or false");
      return found;
    },
  });
  return fallback === undefined ? setting : { ...setting, defaultText: `${fallback}`, fallback };
}

/** Whether a URL contains a user or a password, which would be printed with it. */
export function hasCredentials({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}

/** Returns a setting that is an absolute http or https URL without user, password, query and fragment. */
export function urlSetting(name: string, options: SettingOptions): Setting<URL | undefined> {
  return customSetting(name, {
    ...options,
    type: "URL",
    parse: (text) => {
      const url = URL.parse(text);
      if (url !== null && hasCredentials(url)) {
        throw new InvalidSetting("must not contain a user or password");
      }
      if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
      throw new InvalidSetting("must be an absolute http or https URL without query and fragment");
    },
  });
}
