import type { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { JsonValue } from "@archway/server/operation.ts";
import { createAjv } from "./ajv_instance.ts";
import { boundedItems } from "./bounded_items.ts";
import { bundle } from "./bundle.ts";
import { checkDefaults } from "./default_rules.ts";
import { documentSchemas } from "./document_schemas.ts";
import type { DiagnosticList } from "./diagnostics.ts";
import { type Located, textMember } from "./json_value.ts";
import type { OperationModel, ParameterModel } from "./model.ts";
import { linearErrors } from "./linear_errors.ts";
import { plainMessages } from "./plain_messages.ts";
import { PreparedSchemas, type PreparedSchemasOptions, type Purpose } from "./prepared_schemas.ts";
import type { References } from "./references.ts";
import { validatorNames } from "./validator_names.ts";

/** Module of validators: its text and its exported names. */
export interface ValidatorModule {
  readonly code: string;
  readonly names: readonly string[];
  /** Pointers of schemas whose default is not applied. */
  readonly unusedDefaults: ReadonlySet<string>;
}

/**
 * Compiles validators for the parameters, request bodies and response bodies of all operations. Adds diagnostics for
 * schemas that cannot be compiled, and warnings for defaults that are not applied.
 *
 * @throws {GenerationError} with these diagnostics
 */
export function compileValidators(
  operations: readonly OperationModel[],
  { references, ...rules }: PreparedSchemasOptions & { readonly references: References },
): ValidatorModule {
  const schemas = new PreparedSchemas(references, rules);
  const inline = new Map<string, JsonValue>();
  const ajv = createAjv(rules.formats);
  const { diagnostics } = references;
  const added = new Set<string>();
  const addAll = (): void => {
    if (added.size === schemas.byId.size + inline.size) return;
    for (const [id, schema] of [...schemas.byId, ...inline]) {
      if (!added.has(id)) ajv.addSchema(asSchema(schema), id);
      added.add(id);
    }
  };
  const unusedDefaults = checkDefaults(documentSchemas(operations, references), {
    schemas,
    isValid(value, { id, pointer }): boolean {
      addAll();
      // A schema that does not compile has its own diagnostic.
      return compile(ajv, { id, pointer, diagnostics })?.(value) !== false;
    },
  });
  schemas.unusedDefaults = unusedDefaults;
  const ids = new Map<string, { readonly id: string; readonly pointer: string }>();
  const register = (name: string, schema: Located, purpose: Purpose): void => {
    const ref = Object.keys(Object(schema.value)).length === 1 ? textMember(schema.value, "$ref") : undefined;
    const pointer = ref === undefined ? schema.pointer : references.target(ref, schema.pointer);
    if (pointer !== undefined) ids.set(name, { id: schemas.idOf(pointer, purpose), pointer });
  };
  for (const operation of operations) {
    const names = validatorNames(operation);
    inline.set(names.parameters, parametersSchema(operation.parameters, schemas));
    ids.set(names.parameters, { id: names.parameters, pointer: operation.pointer });
    for (const [media, name] of names.body) {
      if (media.schema !== undefined) {
        register(name, media.schema, media.codec === "multipart" ? "multipart" : "request");
      }
    }
    for (const [media, name] of names.responses) {
      if (media.schema === undefined) continue;
      if (media.sources === undefined) register(name, media.schema, "response");
      else {
        inline.set(name, schemas.prepare(media.schema, "response"));
        ids.set(name, { id: name, pointer: media.schema.pointer });
      }
    }
  }
  addAll();
  for (const { id, pointer } of ids.values()) compile(ajv, { id, pointer, diagnostics });
  diagnostics.throwIfAny();
  return { code: moduleCode(ajv, ids), names: [...ids.keys()], unusedDefaults };
}

/** Returns the text of the module. Ajv would repeat a function for every name, so further names are aliases. */
function moduleCode(ajv: Ajv2020, ids: ReadonlyMap<string, { readonly id: string }>): string {
  const firstNames = new Map<string, string>();
  const aliases: string[] = [];
  for (const [name, { id }] of ids) {
    const first = firstNames.get(id);
    if (first === undefined) firstNames.set(id, name);
    else aliases.push(`export const ${name} = ${first};\n`);
  }
  const exported = Object.fromEntries([...firstNames].map(([id, name]) => [name, id]));
  const code = boundedItems(linearErrors(plainMessages(standaloneCode.default(ajv, exported))));
  return `${bundle(code)}\n${aliases.join("")}`;
}

/** Converts JSON to Ajv's looser type for schemas. */
function asSchema(schema: JsonValue): { [key: string]: unknown } | boolean {
  return typeof schema === "boolean" ? schema : { ...Object(schema) };
}

function compile(
  ajv: Ajv2020,
  { id, pointer, diagnostics }: { id: string; pointer: string; diagnostics: DiagnosticList },
): ((value: unknown) => unknown) | undefined {
  try {
    return ajv.getSchema(id);
  } catch (error) {
    const cause = error instanceof Error ? error.message : "unknown cause";
    diagnostics.add(
      pointer,
      `The schema cannot be compiled: ${cause.replaceAll(/"schema:([^"#]*)#?/g, decodeId)}`,
    );
    return undefined;
  }
}

/** Replaces the id of a schema in Ajv's message with its pointer in the document. */
function decodeId(_: string, id: string): string {
  return `"${decodeURIComponent(id)}`;
}

/** Returns the schema of `{ path, query, headers, cookies }`. Unknown query parameters are rejected as typos. */
function parametersSchema(parameters: readonly ParameterModel[], schemas: PreparedSchemas): JsonValue {
  const group = (location: ParameterModel["in"]): JsonValue => {
    const members = parameters.filter((parameter) => parameter.in === location);
    const required = members.filter((parameter) => parameter.required).map((parameter) => parameter.name);
    return {
      type: "object",
      properties: Object.fromEntries(
        members.map(({ name, schema }) => [name, schemas.prepare(schema, "request")]),
      ),
      ...(required.length === 0 ? {} : { required }),
      ...(location === "query" ? { additionalProperties: false } : {}),
    };
  };
  return {
    type: "object",
    properties: {
      path: group("path"),
      query: group("query"),
      headers: group("header"),
      cookies: group("cookie"),
    },
    required: ["path", "query", "headers", "cookies"],
  };
}
