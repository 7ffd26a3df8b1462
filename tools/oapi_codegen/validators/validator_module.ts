import { createHash } from "node:crypto";
import type { Ajv2020 } from "ajv/dist/2020.js";
import type { SourceCode } from "ajv/dist/types/index.js";
import { bundle } from "./runtime/bundle.ts";
import { improveCode } from "./improve_code.ts";

/** Function of a module of validators. */
export interface ModuleFunction {
  /** Id of its schema for Ajv. */
  readonly id: string;
  /** Pointer of its schema, or of the operation whose parameters it checks. */
  readonly pointer: string;
  readonly name: string;
  readonly isExported: boolean;
}

/** Content of a module of validators. */
export interface ValidatorModuleContent {
  /** All functions that are exported or called, in the order of the module. */
  readonly functions: readonly ModuleFunction[];
  /** Further exported names of these functions. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Strings, which stay as they are, and names that Ajv numbers, with the member that holds a recursive function. */
const NUMBERED =
  /"(?:[^"\\]|\\.)*"|(?<![\w$.])((validate|root|wrapper|schema|func|pattern|formats)\d+)(?![\w$])(\.validate\b)?/g;

/**
 * Returns the text of a module of compiled validators. Ajv numbers names in the order of its work, so that a new operation
 * would change lines everywhere. Here functions are named and ordered by the document, and constants by their value.
 */
export function validatorModule(
  ajv: Ajv2020,
  { functions, aliases, responses }: ValidatorModuleContent & { readonly responses: ReadonlySet<string> },
): string {
  const names = new Map(functions.map(({ id, name }) => [sourceOf(ajv, id).validateName.str, name]));
  const constants = new Map<string, string>();
  const isExact = functions.some(({ id }) => sourceOf(ajv, id).validateCode.includes('keyword:"int64"'));
  const texts = functions.map(({ isExported, ...item }) =>
    functionText(sourceOf(ajv, item.id), { ...item, isExported: isExported && !isExact, names, constants })
  );
  const declared = [...constants].toSorted(([left], [right]) => left < right ? -1 : 1)
    .map(([name, code]) => `const ${name} = ${code};\n`);
  const code = improveCode(texts.join(""));
  const own = functions.filter(({ isExported }) => isExported).map(({ name }) => [name, name] as const);
  const more = isExact
    ? [...own, ...aliases].map(([alias, name]) =>
      conversion(alias, { name, isResponse: responses.has(alias) })
    )
    : [...aliases].map(([alias, name]) => `export const ${alias} = ${name};\n`);
  return `${bundle(declared.join(""))}${code}\n${more.join("")}`;
}

/** Returns the export of a validator that converts 64-bit integers: those of requests only in a valid value. */
function conversion(alias: string, { name, isResponse }: { name: string; isResponse: boolean }): string {
  return `const ${alias}$exact = int64Module.converting(${name}, ${isResponse});\n` +
    `export { ${alias}$exact as ${alias} };\n`;
}

function sourceOf(ajv: Ajv2020, id: string): SourceCode {
  const source = ajv.getSchema(id)?.source;
  if (source === undefined) throw new Error(`Validators: ${id} is not compiled`);
  return source;
}

interface FunctionTextOptions extends ModuleFunction {
  /** Names of all functions by those of Ajv. */
  readonly names: ReadonlyMap<string, string>;
  /** Source of the shared constants by their names; grows. */
  readonly constants: Map<string, string>;
}

/** Returns the declarations of a function and of its schema, if it uses that. */
function functionText(
  { validateCode, scopeValues, evaluated }: SourceCode,
  { name, isExported, names, constants }: FunctionTextOptions,
): string {
  const values = new Map(
    Object.values(scopeValues).flatMap((group) => [...group ?? []]).map(({ str, value }) => [str, value]),
  );
  const [schema] = scopeValues["schema"] ?? [];
  const own = new Map<string, string>();
  const renamed = (numbered: string, prefix: string, member: string): string => {
    const value = values.get(numbered);
    // Schemas that refer to each other: the declarations of the functions are hoisted.
    if (prefix === "root" || prefix === "wrapper") return names.get(validateNameOf(value?.ref)) ?? numbered;
    const code = names.get(numbered) ?? String(value?.code ?? numbered);
    if (prefix === "validate") return `${code}${member}`;
    const constant = numbered === schema?.str ? `${name}$schema` : `${prefix}$${constantName(code)}`;
    (numbered === schema?.str ? own : constants).set(constant, code);
    return `${constant}${member}`;
  };
  const body = validateCode.replaceAll(
    NUMBERED,
    (text: string, numbered?: string, prefix = "", member = "") =>
      numbered === undefined ? text : renamed(numbered, prefix, member),
  );
  const declared = [...own].map(([constant, code]) => `const ${constant} = ${code};\n`);
  const facts = evaluated === undefined ? "" : `${name}.evaluated = ${evaluated};\n`;
  return `${declared.join("")}${isExported ? "export " : ""}${body}\n${facts}`;
}

function validateNameOf(environment: unknown): string {
  const name: unknown = Object(environment).validateName;
  return String(name);
}

/** Returns the name of a constant: that of a member or module, such as `date_time`, or a hash of its source. */
function constantName(code: string): string {
  if (/^[\w.]+$/.test(code)) return code.slice(code.lastIndexOf(".") + 1);
  const [, module, member = ""] = /^require\("([^"]+)"\)(?:\.(?:default|fullFormats)(.*))?$/.exec(code) ?? [];
  if (module === undefined) return createHash("sha256").update(code).digest("hex").slice(0, 10);
  const words = member === "" ? module.slice(module.lastIndexOf("/") + 1) : member;
  return words.replaceAll(/\W+/g, " ").trim().replaceAll(" ", "_");
}
