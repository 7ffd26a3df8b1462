/** A text that is no valid value; the message continues a sentence that begins with the variable's name. */
export class InvalidSetting extends Error {
  override readonly name = "InvalidSetting";
}

/** An environment variable of the program: how its text is read, and all that is documented about it. */
export interface Setting<T> {
  /** Name of the variable, such as "POSTGRES_CONNECT_TIMEOUT". */
  readonly name: string;
  /** Type as documented, such as "duration" or "jwt, dev or none". */
  readonly type: string;
  /** Bounds as documented, such as "1ms to 24h"; empty if there are none. */
  readonly bounds: string;
  /** Default as documented: a text that could be set; undefined if there is none, or if it depends. */
  readonly defaultText: string | undefined;
  /** Sentence that states a default that depends on other settings, such as "jwt if AUTH_JWKS_URL is set". */
  readonly defaultRule: string | undefined;
  /** A text that could be set, for a setting without a default. */
  readonly example: string | undefined;
  /** Whether the value is never printed, and may come from the file that `<name>_FILE` names. */
  readonly secret: boolean;
  /** What it does, units and consequences: one or more sentences. */
  readonly description: string;
  /** Names of earlier releases that still work. */
  readonly aliases: readonly string[];
  /** Value if the variable is absent or empty. */
  readonly fallback: T;
  /**
   * Parses a text.
   *
   * @throws {InvalidSetting} if it is no valid value.
   */
  parse(text: string): T;
}

/** Settings of one topic, documented together. */
export interface SettingsSection {
  /** Heading, such as "Database". */
  readonly title: string;
  /** What holds for all of them. */
  readonly note?: string;
  readonly settings: readonly Setting<unknown>[];
}

/**
 * Environment variables as typed values, the port through which a module reads settings of its own. Invalid values are
 * collected, so that all of them are reported at once; a method then returns the fallback. Empty counts as absent.
 */
export interface SettingsReader {
  /** Whether the variable, its `_FILE` or an alias is set. */
  isSet(setting: Setting<unknown>): boolean;
  /** Value of a setting, or its fallback. */
  read<T>(setting: Setting<T>): T;
  /** Value of a setting whose default depends on others: `fallback` if it is not set, `text` as it would be written. */
  readOr<T>(setting: Setting<T | undefined>, fallback: T, text?: string): T;
  /** Value of a setting that must be set; reports its absence and returns `placeholder`. */
  require<T>(setting: Setting<T | undefined>, placeholder: T): T;
  /** Reports a setting as invalid; `reason` continues a sentence that begins with its name. */
  reject(setting: Pick<Setting<unknown>, "name">, reason: string): void;
}
