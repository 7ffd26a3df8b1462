import { ConfigError, SETTINGS_FILE } from "@archway/config/config.ts";
import { readSettingFile } from "@archway/service_kit/read_setting_file.ts";
import { InvalidSetting } from "@archway/service_kit/setting.ts";

/** Maximum size of the file, in bytes. */
const MAX_BYTES = 1_048_576;

/** A line with a variable: its name, and its value with or without quotes. */
const VARIABLE = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^#'"]*?))\s*(?:#.*)?$/;

/**
 * Returns the variables of an environment, and those of the file that SETTINGS_FILE names.
 *
 * @throws {ConfigError} if the file cannot be read, or a line of it is neither empty, a comment nor a variable.
 */
export function readVariables(
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const path = environment[SETTINGS_FILE.name];
  if (!path) return environment;
  const variables = parseVariables(readText(path), (number) => {
    throw new ConfigError([{
      variable: SETTINGS_FILE.name,
      reason: `has no NAME=value, with or without quotes, in line ${number}`,
    }]);
  });
  return { ...variables, ...environment };
}

/**
 * Returns the variables of a text, a line each.
 *
 * @param onInvalid Called with the number of a line that is neither empty, a comment nor a variable.
 */
export function parseVariables(
  text: string,
  onInvalid: (number: number) => void = () => {},
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, single, double, bare = ""] = VARIABLE.exec(line.trim()) ?? [];
    if (name === undefined) onInvalid(index + 1);
    else variables[name] = single ?? double ?? bare;
  }
  return variables;
}

function readText(path: string): string {
  try {
    return readSettingFile(path, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new ConfigError([{ variable: SETTINGS_FILE.name, reason: error.message }]);
  }
}
