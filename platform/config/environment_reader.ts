import { MAX_SECRET_BYTES } from "@archway/server/limited_file.ts";
import { readSettingFile } from "@archway/service_kit/read_setting_file.ts";
import {
  InvalidSetting,
  type Setting,
  type SettingNames,
  type SettingsReader,
} from "@archway/service_kit/setting.ts";

/** Looks up a variable, as `Deno.env.get` does. */
export type EnvironmentLookup = (name: string) => string | undefined;

/** Invalid or missing variable, with the reason and without its value. */
export interface SettingError {
  readonly variable: string;
  readonly reason: string;
}

/** Source of a value: the variable, a file that it names, the default, or a rule over other settings. */
export type ValueSource =
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly variable: string; readonly path: string }
  | { readonly kind: "default" }
  | { readonly kind: "derived" };

/** Value of a setting, as read. */
export interface ReadSetting {
  /** As text; undefined if there is none. */
  readonly text: string | undefined;
  readonly source: ValueSource;
}

/** Line end after a secret in a file, which editors add. */
export const LINE_END = /\r?\n$/;

/** Reads settings from environment variables, and collects errors. */
export class EnvironmentReader implements SettingsReader {
  readonly errors: SettingError[] = [];
  /** Values read, by name of the setting. */
  readonly values = new Map<string, ReadSetting>();
  readonly #lookup: EnvironmentLookup;

  constructor(lookup: EnvironmentLookup) {
    this.#lookup = lookup;
  }

  isSet(setting: SettingNames): boolean {
    return variablesOf(setting).some((variable) => this.#text(variable) !== undefined);
  }

  read<T>(setting: Setting<T>): T {
    return this.#read(setting, { text: setting.defaultText, source: { kind: "default" } }, setting.fallback);
  }

  readOr<T>(setting: Setting<T | undefined>, fallback: T, text = String(fallback)): T {
    const derived: ReadSetting = { text, source: { kind: "derived" } };
    return this.#read(setting, derived, fallback) ?? fallback;
  }

  require<T>(setting: Setting<T | undefined>, placeholder: T): T {
    const before = this.errors.length;
    const value = this.read(setting);
    if (value === undefined && this.errors.length === before) this.reject(setting, "is required");
    return value ?? placeholder;
  }

  fileOf(setting: Setting<unknown>): string | undefined {
    if (!setting.secret) return undefined;
    const variable = variablesOf(setting).find((each) => this.#text(each) !== undefined);
    return variable !== undefined && isFileOf(setting, variable) ? this.#text(variable) : undefined;
  }

  reject({ name }: Pick<Setting<unknown>, "name">, reason: string): void {
    this.errors.push({ variable: name, reason });
  }

  #read<T>(setting: Setting<T>, absent: ReadSetting, fallback: T): T {
    const found = this.#find(setting);
    this.values.set(setting.name, found ?? absent);
    if (found?.text === undefined) return fallback;
    try {
      return setting.parse(found.text);
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      this.errors.push({ variable: variableOf(found.source) ?? setting.name, reason: error.message });
      return fallback;
    }
  }

  /** Returns the value of a setting; undefined if none of its variables is set. Two set at once are an error. */
  #find(setting: Setting<unknown>): ReadSetting | undefined {
    const set = variablesOf(setting).filter((variable) => this.#text(variable) !== undefined);
    const [variable, other] = set;
    if (variable === undefined) return undefined;
    if (other !== undefined) this.reject({ name: variable }, `and ${other} are both set; keep one of them`);
    const text = this.#text(variable);
    if (!setting.secret || !isFileOf(setting, variable)) {
      return { text, source: { kind: "environment", variable } };
    }
    const path = text ?? "";
    return { text: this.#content(variable, path), source: { kind: "file", variable, path } };
  }

  /** Returns the content of a secret's file; undefined if it is unusable, which is reported. */
  #content(variable: string, path: string): string | undefined {
    try {
      const content = readSettingFile(path, MAX_SECRET_BYTES).replace(LINE_END, "");
      if (content !== "") return content;
      this.reject({ name: variable }, "names a file that is empty");
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      this.reject({ name: variable }, error.message);
    }
    return undefined;
  }

  #text(variable: string): string | undefined {
    return this.#lookup(variable) || undefined;
  }
}

/** Returns the variables of a setting: its name, its aliases, and for a secret each with `_FILE`. */
export function variablesOf({ name, aliases, secret }: SettingNames): readonly string[] {
  if (!secret && aliases.length === 0) return [name];
  return [name, ...aliases].flatMap((variable) => secret ? [variable, `${variable}_FILE`] : [variable]);
}

function isFileOf({ name, aliases }: Setting<unknown>, variable: string): boolean {
  return [name, ...aliases].some((own) => variable === `${own}_FILE`);
}

function variableOf(source: ValueSource): string | undefined {
  return "variable" in source ? source.variable : undefined;
}
