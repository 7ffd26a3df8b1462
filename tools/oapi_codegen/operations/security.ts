import type { SecurityRequirement, SecurityScheme } from "@archway/server/operation.ts";
import { child, elements, entries, isArray, isObject, type Located } from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { readSchemes, type SchemeModel } from "./security_schemes.ts";

/** Scope syntax: challenges list scopes separated by spaces (RFC 6749, section 3.3). */
const SCOPE = /^[!#-[\]-~]+$/;

/** Returns the alternative requirements of an operation, or those of the document; none if it is public. */
export type ReadSecurity = (operation: Located) => readonly SecurityRequirement[];

/** Security of a document that says nothing about it: the name of a scheme, or none. */
export type DefaultSecurity = { readonly scheme: string } | "none";

/** Options of {@link compileSecurity}. */
export interface SecurityOptions {
  /** All operations whose security is read. */
  readonly operations: readonly Located[];
  /** Undefined if operations without security are rejected. */
  readonly defaultSecurity?: DefaultSecurity | undefined;
}

/** Security schemes by name, and the document for references and diagnostics. */
interface Context {
  readonly schemes: ReadonlyMap<string, SchemeModel>;
  readonly references: References;
}

/**
 * Reads the security schemes of a document and its default `security`. See OpenAPI 3.1, sections 4.8.1, 4.8.10 and
 * 4.8.30. Access is never implicit: operations without `security` are rejected, unless the options decide.
 */
export function compileSecurity(
  references: References,
  { operations, defaultSecurity }: SecurityOptions,
): ReadSecurity {
  const root: Located = { value: references.root, pointer: "" };
  const context = { schemes: readSchemes(root, references), references };
  const isSilent = (operation: Located): boolean => child(operation, "security") === undefined;
  if (child(root, "security") !== undefined) {
    const common = readRequirements(root, context);
    return (operation) => isSilent(operation) ? common : readRequirements(operation, context);
  }
  const fallback = readDefault(defaultSecurity, context);
  const silent = operations.filter(isSilent);
  if (fallback === undefined && silent.length > 0) refuseSilence(silent, context);
  return (operation) => isSilent(operation) ? fallback ?? [] : readRequirements(operation, context);
}

/** Adds one diagnostic for all operations without security, at the first of them. */
function refuseSilence(silent: readonly Located[], { schemes, references }: Context): void {
  const [first] = silent;
  const subject = silent.length === 1
    ? "The operation has no security"
    : `${silent.length} operations have no security, this one first`;
  const names = ["none", ...schemes.keys()].map((name) => `default-security: ${name}`);
  references.diagnostics.add(
    first?.pointer ?? "",
    `${subject}, and the document has none for all; write security there (security: [] for public operations), or add ` +
      `to options in the cfg: ${names.join(" or ")}`,
  );
}

function readDefault(
  security: DefaultSecurity | undefined,
  context: Context,
): readonly SecurityRequirement[] | undefined {
  if (security === undefined || security === "none") return security && [];
  const { schemes, references: { diagnostics } } = context;
  const model = schemes.get(security.scheme);
  if (model === undefined) {
    const known = schemes.size === 0
      ? "the document has none"
      : `expected none or ${[...schemes.keys()].join(" or ")}`;
    diagnostics.add("", `default-security in the cfg names an unknown scheme; ${known}`);
    return [];
  }
  if ("unsupported" in model) {
    diagnostics.add(model.pointer, model.unsupported);
    return [];
  }
  return [[withScopes(model.scheme, [])]];
}

/**
 * Reads the alternative requirements of an operation or of the document. Alternatives that the server cannot verify are
 * left out with a warning if there are others.
 */
function readRequirements(parent: Located, context: Context): readonly SecurityRequirement[] {
  const { diagnostics } = context.references;
  const found: SecurityRequirement[] = [];
  const unsupported: (SchemeModel & { readonly unsupported: string })[] = [];
  for (const requirement of elements(parent, "security")) {
    if (!isObject(requirement.value)) continue;
    const schemes: SecurityScheme[] = [];
    const others = unsupported.length;
    for (const [name, written] of entries(requirement)) {
      const model = context.schemes.get(name);
      const scopes = readScopes(written, context.references);
      if (model === undefined) {
        diagnostics.add(
          written.pointer,
          "Unknown scheme; correct the name, or add it to components/securitySchemes",
        );
      } else if ("unsupported" in model) unsupported.push(model);
      else schemes.push(withScopes(model.scheme, scopes));
    }
    if (unsupported.length === others) found.push(schemes);
  }
  for (const { pointer, unsupported: message } of unsupported) {
    if (found.length === 0) diagnostics.add(pointer, message);
    else diagnostics.warn(pointer, `${message}; until then, only the alternatives are accepted`);
  }
  // An empty requirement alone accepts every request, and so does none.
  return found.every((schemes) => schemes.length === 0) ? [] : found;
}

function withScopes(scheme: SecurityScheme, scopes: readonly string[]): SecurityScheme {
  return { ...scheme, scopes };
}

function readScopes({ pointer, value }: Located, { diagnostics }: References): readonly string[] {
  const scopes: string[] = [];
  for (const [index, scope] of isArray(value) ? value.entries() : []) {
    if (typeof scope === "string" && SCOPE.test(scope)) scopes.push(scope);
    else {diagnostics.add(
        `${pointer}/${index}`,
        "A scope must be visible ASCII without spaces, quotes and backslashes",
      );}
  }
  return scopes;
}
