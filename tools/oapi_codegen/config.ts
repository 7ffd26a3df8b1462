import { parseYaml } from "./parse_yaml.ts";
import { DiagnosticList } from "./diagnostics.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import type { DefaultSecurity } from "./security.ts";
import { isArray, isObject, type JsonObject, member } from "./json_value.ts";

const OPTIONS = ["client", "default-security", "exclude-tags", "schema-suffix"];

/** Suffix of a schema's type if its name is taken, unless the cfg has another one. */
export const DEFAULT_SCHEMA_SUFFIX = "Schema";

/** Content of a `cfg.server.<name>.yaml`. */
export interface Config {
  /** Path of the OpenAPI document, relative to the configuration's folder. */
  readonly spec: string;
  /** Path of the output folder, relative to the configuration's folder. */
  readonly output: string;
  /** Tags of operations that are not generated; types and the document still include them. */
  readonly excludeTags: readonly string[];
  /** Security of operations if the document says nothing; undefined if that is an error. */
  readonly defaultSecurity: DefaultSecurity | undefined;
  /** Suffix of a schema's type whose name is taken. */
  readonly schemaSuffix: string;
  /** Whether to generate a TypeScript client. */
  readonly client: boolean;
}

/**
 * Parses a configuration, and reports all unknown, missing and invalid fields at once.
 *
 * @throws {GenerationError} with diagnostics for `file`
 */
export function parseConfig(text: string, file: string): Config {
  const diagnostics = new DiagnosticList(file);
  const value = parseYaml(text, diagnostics);
  diagnostics.throwIfAny();
  if (!isObject(value)) {
    diagnostics.add("", "Expected an object with the fields spec, output and options");
    return diagnostics.throw();
  }
  refuseUnknown(value, { known: ["spec", "output", "options"], at: "", diagnostics });
  const spec = requiredPath(value, { field: "spec", diagnostics });
  const output = requiredPath(value, { field: "output", diagnostics });
  const options = member(value, "options");
  const excludeTags: string[] = [];
  if (options !== undefined && !isObject(options)) diagnostics.add("/options", "Expected an object");
  if (isObject(options)) {
    refuseUnknown(options, { known: OPTIONS, at: "/options", diagnostics });
    const tags = member(options, "exclude-tags") ?? [];
    if (isArray(tags)) {
      for (const [index, tag] of tags.entries()) {
        if (typeof tag === "string") excludeTags.push(tag);
        else diagnostics.add(`/options/exclude-tags/${index}`, "Expected a tag's name");
      }
    } else {
      diagnostics.add("/options/exclude-tags", "Expected a list of tags");
    }
  }
  const scheme = readText(options, { field: "default-security", diagnostics });
  const schemaSuffix = readText(options, { field: "schema-suffix", diagnostics }) ?? DEFAULT_SCHEMA_SUFFIX;
  if (!/^\w+$/.test(schemaSuffix)) {
    diagnostics.add("/options/schema-suffix", "Expected letters, digits and underscores");
  }
  const client = member(options, "client") ?? true;
  if (typeof client !== "boolean") diagnostics.add("/options/client", "Expected true or false");
  diagnostics.throwIfAny();
  const defaultSecurity = scheme === undefined || scheme === "none" ? scheme : { scheme };
  return { spec, output, excludeTags, defaultSecurity, schemaSuffix, client: client !== false };
}

function readText(
  options: JsonValue | undefined,
  { field, diagnostics }: { field: string; diagnostics: DiagnosticList },
): string | undefined {
  const value = member(options, field);
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  diagnostics.add(`/options/${field}`, "Expected text");
  return undefined;
}

function refuseUnknown(
  value: JsonObject,
  { known, at, diagnostics }: { known: readonly string[]; at: string; diagnostics: DiagnosticList },
): void {
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      diagnostics.add(`${at}/${key}`, `Unknown field; the fields are ${known.join(", ")}`);
    }
  }
}

function requiredPath(
  value: JsonObject,
  { field, diagnostics }: { field: string; diagnostics: DiagnosticList },
): string {
  const found = member(value, field);
  if (typeof found === "string" && found !== "") return found;
  diagnostics.add(`/${field}`, "Expected a path relative to this file");
  return "";
}
