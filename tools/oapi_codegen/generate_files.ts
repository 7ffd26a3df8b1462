import { checkBinary } from "./media/binary_rules.ts";
import { clientFiles } from "./client/client_files.ts";
import { checkCircular } from "./schemas/circular_schemas.ts";
import { schemasInBranches } from "./schemas/default_rules.ts";
import { documentSchemas } from "./schemas/document_schemas.ts";
import { type Config, DEFAULT_SCHEMA_SUFFIX } from "./config/config.ts";
import type { Selection } from "./document/selection/apply_selection.ts";
import { bundleDocument, type BundleDocumentOptions } from "./document/bundle_document.ts";
import type { Diagnostic } from "./diagnostics/diagnostics.ts";
import { member, textMember } from "./document/json_value.ts";
import { type Int64Type, isInt64 } from "./schemas/int64_rules.ts";
import type { MediaModel, OperationModel } from "./operations/model.ts";
import { type FormatRules, warnOfFormats } from "./schemas/formats.ts";
import { readOperations } from "./operations/operations.ts";
import { References } from "./document/references.ts";
import { SchemaAliases } from "./types/schema_aliases.ts";
import { checkSchema } from "./schemas/schema_rules.ts";
import { NO_RULES } from "./config/selection.ts";
import { SchemaSearch } from "./schemas/schema_search.ts";
import { schemaTypes, typeSkeleton } from "./types/schema_types.ts";
import type { DefaultSecurity } from "./operations/security.ts";
import { warnOfServerPath } from "./operations/server_prefix.ts";
import { serverFile } from "./server/server_file.ts";
import { specFile } from "./server/spec_file.ts";
import { checkStreaming } from "./media/streaming_rules.ts";
import { checkStructure } from "./document/structure.ts";
import { warnOfUntypedObjects } from "./schemas/untyped_objects.ts";
import { compileValidators } from "./validators/validators.ts";

/** Options of the generation, in addition to the document. */
export interface GenerateFilesOptions
  extends
    Partial<Omit<Config, "client" | "defaultSecurity" | "output" | "overlays" | "spec">>,
    BundleDocumentOptions {
  /**
   * Security of operations if the document says nothing about it.
   *
   * @default undefined, which is an error
   */
  readonly defaultSecurity?: DefaultSecurity | undefined;
  /**
   * Type of integers with `format: int64`.
   *
   * @default "number"
   */
  readonly int64?: Int64Type;
  /** Name of the TypeScript client, such as "profile". @default no client */
  readonly clientName?: string | undefined;
  /**
   * Formats in addition to the known ones, or false for those that are not checked.
   *
   * @default none
   */
  readonly formats?: FormatRules;
}

/** Generated texts, and what the document says without effect on them. */
export interface GeneratedFiles {
  /** Texts by the name of their file. */
  readonly files: ReadonlyMap<string, string>;
  /** The same of the TypeScript client; undefined without `clientName`. */
  readonly client: ReadonlyMap<string, string> | undefined;
  /** Number of operations. */
  readonly operations: number;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Generates the files for an OpenAPI document in YAML or JSON.
 *
 * @throws {GenerationError} with all diagnostics that can be determined at once
 */
export async function generateFiles(
  text: string,
  options: GenerateFilesOptions,
): Promise<GeneratedFiles> {
  const {
    file,
    defaultSecurity,
    basePath,
    names,
    schemaSuffix = DEFAULT_SCHEMA_SUFFIX,
    clientName,
    formats = new Map(),
    int64 = "number",
  } = options;
  const { document, served, diagnostics } = await bundleDocument(text, {
    ...options,
    selection: selectionOf(options),
  });
  const references = new References(document, diagnostics);
  references.checkAll();
  diagnostics.throwIfAny();
  const operations = readOperations(references, {
    defaultSecurity,
    basePath,
    ...names === undefined ? {} : { names: names.operations },
  });
  if (basePath === undefined) warnOfServerPath({ value: document, pointer: "" }, diagnostics);
  const aliases = new SchemaAliases({ value: document, pointer: "" }, operations, {
    suffix: schemaSuffix,
    given: names?.schemas ?? new Map(),
    diagnostics,
  });
  for (const schema of documentSchemas(operations, references)) checkSchema(schema, references);
  warnOfFormats(documentSchemas(operations, references), { diagnostics, formats });
  warnOfUntypedObjects(documentSchemas(operations, references), diagnostics);
  checkCircular(documentSchemas(operations, references), references);
  checkStreaming(operations, diagnostics);
  const binaryUses = checkBinary(operations, references);
  checkStructure(document, diagnostics);
  diagnostics.throwIfAny();
  const validators = compileValidators(operations, { references, formats, int64, binaryUses });
  diagnostics.throwIfAny();
  const { unusedDefaults } = validators;
  const inBranches = schemasInBranches(documentSchemas(operations, references), references);
  const hasDefault = (pointer: string): boolean =>
    member(references.at(pointer)?.value, "default") !== undefined &&
    !inBranches.has(pointer) && !unusedDefaults.has(pointer);
  const withInt64 = new SchemaSearch(references, ({ value }) => isInt64(value));
  const exact = (media: MediaModel): MediaModel =>
    int64 !== "number" && media.schema !== undefined && withInt64.finds(media.schema)
      ? { ...media, int64 }
      : media;
  const applied = (operation: OperationModel): OperationModel => ({
    ...operation,
    body: operation.body && { ...operation.body, content: operation.body.content.map(exact) },
    responses: operation.responses.map((response) => ({ ...response, content: response.content.map(exact) })),
    parameters: operation.parameters.map((parameter) => {
      const holders = [parameter.schema.pointer, references.follow(parameter.schema)?.pointer ?? ""];
      const isUnused = holders.some((pointer) => unusedDefaults.has(pointer));
      return isUnused ? { ...parameter, default: undefined } : parameter;
    }),
  });
  const skeleton = typeSkeleton(references);
  const typing = { skeleton, aliases, binaryUses };
  const types = schemaTypes(references, { ...typing, hasDefault, int64 });
  const header = `// Code generated by tools/oapi_codegen from ${file}; DO NOT EDIT.\n`;
  const files = new Map([
    ["server.gen.ts", serverFile({ header, operations: operations.map(applied), types })],
    ["spec.gen.ts", specFile(header, served)],
    ["validators.gen.js", `// @ts-self-types="./validators.gen.d.ts"\n${header}${validators.code}`],
    [
      "validators.gen.d.ts",
      `${header}import type { Validator } from "@archway/server/operation.ts";\n\n` +
      validators.names.map((name) => `export declare const ${name}: Validator;\n`).join(""),
    ],
  ]);
  const client = clientName === undefined ? undefined : clientFiles({
    ...{ header, operations, name: clientName, title: textMember(member(document, "info"), "title") },
    // Only the server sets defaults, and not in responses.
    types: schemaTypes(references, { ...typing, hasDefault: () => false, int64: "number" }),
  });
  return { files, client, operations: operations.length, warnings: diagnostics.warnings };
}

/** Returns the parts of a document that a configuration selects. */
export function selectionOf(
  { include = NO_RULES, exclude = NO_RULES, excludeTags = [], defaultSecurity }: Pick<
    GenerateFilesOptions,
    "defaultSecurity" | "exclude" | "excludeTags" | "include"
  >,
): Selection {
  const schemes = typeof defaultSecurity === "object" ? [defaultSecurity.scheme] : [];
  return { include, exclude, excludeTags, schemes };
}
