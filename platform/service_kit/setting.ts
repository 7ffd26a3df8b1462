/** Error of an invalid value. The message continues a sentence that begins with the variable's name. */
export class InvalidSetting extends Error {
  override readonly name = "InvalidSetting";
}

/** An environment variable of the program: its parser and its documentation. */
export interface Setting<T> {
  /** Name of the variable, such as "POSTGRES_CONNECT_TIMEOUT". */
  readonly name: string;
  /** Type as documented, such as "duration" or "jwt, dev or none". */
  readonly type: string;
  /** Bounds as documented, such as "1ms to 24h"; empty if there are none. */
  readonly bounds: string;
  /** Default as the text of the variable. Undefined if there is none, or if it depends on other settings. */
  readonly defaultText: string | undefined;
  /** Rule of a default that depends on other settings, such as "jwt if AUTH_JWKS_URL is set". */
  readonly defaultRule: string | undefined;
  /** Example value of a setting without a default. */
  readonly example: string | undefined;
  /** Whether the value is never printed, and may come from the file that `<name>_FILE` names. */
  readonly secret: boolean;
  /** Whether the value is that of the whole program, which its processes (WORKERS) divide; else each has all of it. */
  readonly divided: boolean;
  /** Effect, units and consequences, in one or more sentences. */
  readonly description: string;
  /** Names of earlier releases that still work. */
  readonly aliases: readonly string[];
  /** Value if the variable is absent or empty. */
  readonly fallback: T;
  /**
   * Parses a text.
   *
   * @throws {InvalidSetting} if the text is invalid.
   */
  parse(text: string): T;
}

/** Names of the variables of a setting. */
export type SettingNames = Pick<Setting<unknown>, "name" | "aliases" | "secret">;

/** Settings of one topic, documented together. */
export interface SettingsSection {
  /** Heading, such as "Database". */
  readonly title: string;
  /** Note that applies to all of them. */
  readonly note?: string;
  readonly settings: readonly Setting<unknown>[];
}

/**
 * Port through which a module reads its environment variables as typed values. Methods collect invalid values, which are
 * reported all at once, and then return the fallback. An empty variable counts as absent.
 */
export interface SettingsReader {
  /** Returns whether the variable, its `_FILE` or an alias is set. */
  isSet(setting: SettingNames): boolean;
  /** Returns the value of a setting, or its fallback. */
  read<T>(setting: Setting<T>): T;
  /** Returns the value of a setting whose default depends on others. `text` is the fallback in its text form. */
  readOr<T>(setting: Setting<T | undefined>, fallback: T, text?: string): T;
  /** Returns the value of a required setting; reports its absence and then returns `placeholder`. */
  require<T>(setting: Setting<T | undefined>, placeholder: T): T;
  /** Returns the path of the file that a secret is read from, if its `_FILE` is set. */
  fileOf(setting: Setting<unknown>): string | undefined;
  /** Reports a setting as invalid. The reason continues a sentence that begins with its name. */
  reject(setting: Pick<Setting<unknown>, "name">, reason: string): void;
}
