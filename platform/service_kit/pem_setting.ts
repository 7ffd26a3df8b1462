import { MAX_PEM_BYTES } from "@archway/server/limited_file.ts";
import { readSettingFile } from "./read_setting_file.ts";
import { InvalidSetting, type Setting } from "./setting.ts";
import { customSetting, type SettingOptions } from "./setting_types.ts";

/** Returns a setting that is the path of a PEM file; its value is the text of the file. */
export function pemSetting(name: string, options: SettingOptions): Setting<string | undefined> {
  return customSetting(name, { ...options, type: "path", parse: readPem });
}

function readPem(path: string): string {
  const text = readSettingFile(path, MAX_PEM_BYTES);
  if (!/-----BEGIN [A-Z ]+-----/.test(text)) throw new InvalidSetting("names a file that is not in PEM");
  return text;
}
