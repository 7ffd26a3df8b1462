import { type ConfigEntry, ConfigReader } from "./config_reader.ts";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
import type { DefaultSecurity } from "../operations/security.ts";
import type { FormatRules } from "../schemas/formats.ts";
import type { Int64Type } from "../schemas/int64_rules.ts";
import { child, entries, isObject, type Located, textMember } from "../document/json_value.ts";
import { readPattern } from "../schemas/patterns.ts";
import { parseYaml } from "../syntax/parse_yaml.ts";
import type { SelectionRules } from "./selection.ts";

const FIELDS = ["spec", "output", "overlays", "include", "exclude", "names", "options"];
const RULES = ["tags", "operations", "paths", "media-types"];
const OPTIONS = [
  ...["base-path", "client", "default-security", "exclude-tags", "formats", "int64", "schema-suffix"],
];
const INT64_TYPES: readonly Int64Type[] = ["bigint", "number", "string"];

/** Suffix of a schema's type if its name is taken, unless the cfg has another one. */
export const DEFAULT_SCHEMA_SUFFIX = "Schema";

/** Names in the generated code, in place of those of the document. */
export interface ConfigNames {
  /** By operationId, or by method and path such as `GET /pets`. */
  readonly operations: ReadonlyMap<string, ConfigEntry>;
  /** By the name of the component. */
  readonly schemas: ReadonlyMap<string, ConfigEntry>;
}

/** Content of a `cfg.server.<name>.yaml`. */
export interface Config {
  /** Path of the OpenAPI document, relative to the configuration's folder. */
  readonly spec: string;
  /** Path of the output folder, relative to the configuration's folder. */
  readonly output: ConfigEntry;
  /** Paths of overlays, relative to the configuration's folder, in the order of their application. */
  readonly overlays: readonly ConfigEntry[];
  /** Parts that are served; all if there are no rules. */
  readonly include: SelectionRules;
  /** Parts that are not served. */
  readonly exclude: SelectionRules;
  /** Tags of operations that others serve: the document still has them. */
  readonly excludeTags: readonly ConfigEntry[];
  readonly names: ConfigNames;
  /** Prefix of all paths such as "/v1", "" for none, or `servers` for that of the document's first server. */
  readonly basePath: string | undefined;
  /** Security of operations if the document says nothing; undefined if that is an error. */
  readonly defaultSecurity: DefaultSecurity | undefined;
  /** Suffix of a schema's type whose name is taken. */
  readonly schemaSuffix: string;
  /** Formats in addition to the known ones, as regular expressions; false for those that are not checked. */
  readonly formats: FormatRules;
  /** Type of integers with `format: int64`. */
  readonly int64: Int64Type;
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
  const root: Located = { value: parseYaml(text, diagnostics), pointer: "" };
  diagnostics.throwIfAny();
  if (!isObject(root.value)) {
    diagnostics.add("", "Expected an object with the fields spec, output and options");
    return diagnostics.throw();
  }
  const reader = new ConfigReader(diagnostics);
  reader.refuseUnknown(root, FIELDS);
  const required = (field: string): ConfigEntry => {
    const found = reader.text(root, field, { expected: "a path relative to this file" });
    if (found === undefined) diagnostics.add(`/${field}`, "Expected a path relative to this file");
    return found ?? { text: "" };
  };
  const spec = required("spec").text;
  const output = required("output");
  const options = reader.object(root, "options", { known: OPTIONS });
  const names = reader.object(root, "names", { known: ["operations", "schemas"] });
  const schemaSuffix = reader.text(options, "schema-suffix")?.text ?? DEFAULT_SCHEMA_SUFFIX;
  if (!/^\w+$/.test(schemaSuffix)) {
    diagnostics.add("/options/schema-suffix", "Expected letters, digits and underscores");
  }
  const keepsPaths = options !== undefined && textMember(options.value, "base-path") === "";
  const basePath = keepsPaths ? "" : reader.text(options, "base-path")?.text;
  if (basePath !== undefined && basePath !== "servers" && !/^(?:\/[\w.~-]+)*$/.test(basePath)) {
    diagnostics.add(
      "/options/base-path",
      "Expected a path such as /v1, servers for that of the first server, or '' for none",
    );
  }
  const scheme = reader.text(options, "default-security")?.text;
  const config: Config = {
    spec,
    output,
    overlays: reader.texts(root, "overlays", { item: "path" }),
    include: readRules(root, { field: "include", reader }),
    exclude: readRules(root, { field: "exclude", reader }),
    excludeTags: reader.texts(options, "exclude-tags", { item: "tag" }),
    names: {
      operations: reader.textsByName(names, "operations"),
      schemas: reader.textsByName(names, "schemas"),
    },
    basePath,
    defaultSecurity: scheme === undefined || scheme === "none" ? scheme : { scheme },
    schemaSuffix,
    formats: readFormats(options, diagnostics),
    int64: readInt64(options, { reader, diagnostics }),
    client: reader.flag(options, "client") ?? true,
  };
  diagnostics.throwIfAny();
  return config;
}

function readRules(
  root: Located,
  { field, reader }: { readonly field: string; readonly reader: ConfigReader },
): SelectionRules {
  const rules = reader.object(root, field, { known: RULES });
  return {
    tags: reader.texts(rules, "tags", { item: "tag" }),
    operations: reader.texts(rules, "operations", { item: "operation" }),
    paths: reader.texts(rules, "paths", { item: "path" }),
    mediaTypes: reader.texts(rules, "media-types", { item: "media type" }),
  };
}

function readInt64(
  options: Located | undefined,
  { reader, diagnostics }: { readonly reader: ConfigReader; readonly diagnostics: DiagnosticList },
): Int64Type {
  const written = reader.text(options, "int64")?.text ?? "number";
  const found = INT64_TYPES.find((type) => type === written);
  if (found === undefined) diagnostics.add("/options/int64", "Expected bigint, number or string");
  return found ?? "number";
}

function readFormats(options: Located | undefined, diagnostics: DiagnosticList): FormatRules {
  const found = options && child(options, "formats");
  if (found === undefined) return new Map();
  if (!isObject(found.value)) {
    diagnostics.add(found.pointer, "Expected an object of regular expressions by the name of their format");
  }
  const rules = new Map<string, string | false>();
  for (const [name, { value, pointer }] of entries(found)) {
    if (value === false) rules.set(name, false);
    else if (typeof value !== "string") diagnostics.add(pointer, "Expected a regular expression, or false");
    else {
      const rule = readPattern(value);
      if ("error" in rule) diagnostics.add(pointer, rule.error);
      else if (rule.warning !== undefined) {
        diagnostics.add(pointer, `Write the expression for the u flag. ${rule.warning}`);
      } else rules.set(name, rule.source);
    }
  }
  return rules;
}
