import { InvalidSetting } from "@archway/service_kit/setting.ts";

/**
 * Parses `key=value` pairs separated by commas, with percent-encoded values, as OpenTelemetry writes them.
 *
 * @throws {InvalidSetting}
 */
export function parsePairs(text: string): Readonly<Record<string, string>> {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return Object.fromEntries(parts.map((part) => {
    const equals = part.indexOf("=");
    if (equals < 1) throw new InvalidSetting("must consist of key=value separated by commas");
    return [part.slice(0, equals).trim(), decoded(part.slice(equals + 1).trim())];
  }));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new InvalidSetting("must have percent-encoded values");
  }
}
