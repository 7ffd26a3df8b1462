import { FileError, readLimitedFileSync } from "@archway/server/limited_file.ts";
import { InvalidSetting } from "./setting.ts";

/**
 * Returns the text of the file that a setting names.
 *
 * @throws {InvalidSetting} if it is larger than `maxBytes`, or cannot be read.
 */
export function readSettingFile(path: string, maxBytes: number): string {
  try {
    return readLimitedFileSync(path, maxBytes);
  } catch (error) {
    throw new InvalidSetting(`names a file that ${fileReason(error)}`);
  }
}

/** Returns the reason without the path: "cannot be read", "is larger than 64 KiB". */
export function fileReason(error: unknown): string {
  return error instanceof FileError ? error.message : "cannot be read";
}
