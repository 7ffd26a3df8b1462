import { LineCounter, parseDocument } from "yaml";
import type { JsonValue } from "@archway/server/operation.ts";
import type { FaultList } from "./fault.ts";

/**
 * Parses YAML 1.2, of which JSON is a part. Duplicate keys, aliases that grow without bound, and values that JSON
 * does not have are noted as faults with their line; then the value is null.
 */
export function parseYaml(text: string, faults: FaultList): JsonValue {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    stringKeys: true,
    schema: "core",
  });
  for (const problem of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(problem.pos[0]);
    faults.add(`${line}:${col}`, problem.message.split("\n")[0] ?? "Not valid YAML");
  }
  if (document.errors.length > 0) return null;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (isJson(value)) return value;
    faults.add("", "The document has a value that JSON cannot write, such as .nan or a cyclic alias");
  } catch {
    faults.add("", "The document's aliases cannot be followed; write the values out, or use $ref");
  }
  return null;
}

function isJson(value: unknown, ancestors: readonly unknown[] = []): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || ancestors.includes(value)) return false;
  const path = [...ancestors, value];
  if (Array.isArray(value)) return value.every((item) => isJson(item, path));
  return Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((item) => isJson(item, path));
}
