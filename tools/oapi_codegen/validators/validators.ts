import type { Codec, JsonValue } from "@archway/server/operation.ts";
import { createAjv } from "./ajv_instance.ts";
import { compileOrder } from "./compile_order.ts";
import { checkDefaults, type DefaultCheck } from "../schemas/default_rules.ts";
import { documentSchemas } from "../schemas/document_schemas.ts";
import { type Located, textMember } from "../document/json_value.ts";
import type { OperationModel, ParameterModel } from "../operations/model.ts";
import {
  asksForEvaluated,
  PreparedSchemas,
  type PreparedSchemasOptions,
  type Purpose,
} from "./prepared_schemas.ts";
import type { References } from "../document/references.ts";
import { type ExportedSchema, validatorFunctions } from "./validator_functions.ts";
import { validatorModule } from "./validator_module.ts";
import { validatorNames } from "./validator_names.ts";

/** Module of validators: its text and its exported names. */
export interface ValidatorModule {
  readonly code: string;
  readonly names: readonly string[];
  /** Pointers of schemas whose default is not applied. */
  readonly unusedDefaults: ReadonlySet<string>;
}

/** Purposes of the schemas of request bodies that are no JSON. */
const PURPOSES: Readonly<Partial<Record<Codec, Purpose>>> = { form: "text", multipart: "multipart" };

/**
 * Compiles validators for the parameters, request bodies and response bodies of all operations. Adds diagnostics for
 * schemas that cannot be compiled, and warnings for defaults that are not applied.
 *
 * @throws {GenerationError} with these diagnostics
 */
export function compileValidators(
  operations: readonly OperationModel[],
  { references, ...given }: PreparedSchemasOptions & { readonly references: References },
): ValidatorModule {
  const rules = { ...given, evaluates: asksForEvaluated(references.root) };
  const { diagnostics } = references;
  const unusedDefaults = checkDefaults(documentSchemas(operations, references), {
    diagnostics,
    isValid: compileDefaultCheck(references, rules),
  });
  const schemas = new PreparedSchemas(references, rules);
  schemas.unusedDefaults = unusedDefaults;
  const inline = new Map<string, JsonValue>();
  const exported = new Map<string, ExportedSchema>();
  const responses = new Set<string>();
  const register = (
    name: string,
    { schema, purpose, owner }: { schema: Located; purpose: Purpose; owner: OperationModel },
  ): void => {
    const ref = Object.keys(Object(schema.value)).length === 1 ? textMember(schema.value, "$ref") : undefined;
    const pointer = ref === undefined ? schema.pointer : references.target(ref, schema.pointer);
    if (pointer === undefined) return;
    const isOwn = pointer.startsWith(`${owner.pointer}/`);
    exported.set(name, { id: schemas.idOf(pointer, purpose), pointer, isOwn });
  };
  for (const operation of operations) {
    const names = validatorNames(operation);
    inline.set(names.parameters, parametersSchema(operation.parameters, schemas));
    exported.set(names.parameters, { id: names.parameters, pointer: operation.pointer, isOwn: true });
    for (const [media, name] of names.body) {
      if (media.schema !== undefined) {
        const purpose = PURPOSES[media.codec] ?? "request";
        register(name, { schema: media.schema, purpose, owner: operation });
      }
    }
    for (const [media, name] of names.responses) {
      if (media.schema === undefined) continue;
      responses.add(name);
      if (media.sources === undefined) {
        register(name, { schema: media.schema, purpose: "response", owner: operation });
      } else {
        inline.set(name, schemas.prepare(media.schema, "response"));
        exported.set(name, { id: name, pointer: media.schema.pointer, isOwn: true });
      }
    }
  }
  const ajv = createAjv(rules.formats, { runnable: false });
  for (const [id, schema] of [...schemas.byId, ...inline]) ajv.addSchema(asSchema(schema), id);
  const content = validatorFunctions(references.root, { exported, called: schemas.byId.keys() });
  const causes = new Set<string>();
  const pointers = new Map(content.functions.map(({ id, pointer }) => [id, pointer]));
  for (const id of compileOrder([...pointers.keys()], new Map([...schemas.byId, ...inline]))) {
    attempt(() => ajv.getSchema(id), (cause) => {
      // Schemas that refer to one that cannot be compiled fail for the same cause.
      if (!causes.has(cause)) diagnostics.add(pointers.get(id) ?? "", cause);
      causes.add(cause);
    });
  }
  diagnostics.throwIfAny();
  const code = validatorModule(ajv, { ...content, responses });
  return { code, names: [...exported.keys()], unusedDefaults };
}

/** Returns the check of defaults. Most have one of a few simple schemas, which are compiled once. */
function compileDefaultCheck(
  references: References,
  rules: PreparedSchemasOptions & { readonly evaluates: boolean },
): DefaultCheck {
  const schemas = new PreparedSchemas(references, rules);
  const ajv = createAjv(rules.formats);
  const added = new Set<string>();
  const compiled = new Map<string, (value: unknown) => unknown>();
  return function isValid(value, schema): boolean {
    const prepared = schemas.prepare(schema, "response");
    for (const [id, other] of added.size === schemas.byId.size ? [] : schemas.byId) {
      if (!added.has(id)) ajv.addSchema(asSchema(other), id);
      added.add(id);
    }
    const text = JSON.stringify(prepared);
    const validate = compiled.get(text) ?? attempt(
      () => ajv.compile(asSchema(prepared)),
      (cause) => references.diagnostics.add(schema.pointer, cause),
    );
    if (validate === undefined) return true;
    compiled.set(text, validate);
    return validate(value) !== false;
  };
}

/** Converts JSON to Ajv's looser type for schemas. */
function asSchema(schema: JsonValue): { [key: string]: unknown } | boolean {
  return typeof schema === "boolean" ? schema : { ...Object(schema) };
}

/** Returns the result of a compilation, or reports why a schema cannot be compiled. */
function attempt<T>(compile: () => T, report: (cause: string) => void): T | undefined {
  try {
    return compile();
  } catch (error) {
    const cause = error instanceof Error ? error.message : "unknown cause";
    report(`The schema cannot be compiled: ${cause.replaceAll(/"schema:([^"#]*)#?/g, decodeId)}`);
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
        members.map(({ name, schema }) => [name, schemas.prepare(schema, "text")]),
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
