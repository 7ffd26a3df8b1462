import type { SecurityRequirement } from "@archway/server/operation.ts";
import { child, elements, entries, isArray, isObject, type Located, textMember } from "./json_value.ts";
import type { References } from "./references.ts";

/** Scope syntax: challenges list scopes separated by spaces (RFC 6749, section 3.3). */
const SCOPE = /^[!#-[\]-~]+$/;

/** Returns the security requirements of an operation or the document's. Adds diagnostics for unsupported ones. */
export type ReadSecurity = (operation: Located) => readonly SecurityRequirement[];

/**
 * Reads the security schemes of a document and its default `security`. See OpenAPI 3.1, sections 4.8.1 and 4.8.10.
 * Access is never implicit: an operation without `security` is rejected, and its own `security: []` makes it public.
 */
export function compileSecurity(
  references: References,
  { defaultSecurity }: { readonly defaultSecurity?: DefaultSecurity | undefined } = {},
): ReadSecurity {
  const { diagnostics } = references;
  const root: Located = { value: references.root, pointer: "" };
  const schemes = readSchemes(root, references);
  const common = child(root, "security");
  if (isArray(common?.value) && common.value.length === 0) {
    diagnostics.add(
      "/security",
      "Public access is declared per operation; write security: [] there",
    );
  }
  const fallback = common === undefined
    ? readDefault(defaultSecurity, { schemes, references })
    : readRequirements(root, { schemes, references });
  return function readSecurity(operation): readonly SecurityRequirement[] {
    if (child(operation, "security") !== undefined) {
      return readRequirements(operation, { schemes, references });
    }
    if (fallback === undefined) {
      diagnostics.add(
        operation.pointer,
        "The operation has no security; name the scheme and scopes it needs, write security: [] to make it public, or " +
          "set default-security in the options of the cfg",
      );
    }
    return fallback ?? [];
  };
}

/** Security of a document that says nothing about it: the name of a scheme, or none. */
export type DefaultSecurity = { readonly scheme: string } | "none";

function readDefault(
  security: DefaultSecurity | undefined,
  { schemes, references }: { schemes: ReadonlySet<string>; references: References },
): readonly SecurityRequirement[] | undefined {
  if (security === undefined || security === "none") return security && [];
  if (!schemes.has(security.scheme)) {
    const known = schemes.size === 0
      ? "the document has none"
      : `expected none or ${[...schemes].join(" or ")}`;
    references.diagnostics.add("", `default-security in the cfg names an unknown scheme; ${known}`);
  }
  return [{ scheme: security.scheme, scopes: [] }];
}

/** Whether callers prove themselves by a bearer token, which the server's authenticator verifies with its scopes. */
function isBearer(scheme: Located): boolean {
  const type = textMember(scheme.value, "type");
  return type === "oauth2" || type === "openIdConnect" ||
    type === "http" && textMember(scheme.value, "scheme")?.toLowerCase() === "bearer";
}

/** Returns the names of all schemes, including unsupported ones. */
function readSchemes(root: Located, references: References): ReadonlySet<string> {
  const components = child(root, "components");
  const names = new Set<string>();
  if (components === undefined) return names;
  for (const [name, written] of entries(components, "securitySchemes")) {
    names.add(name);
    const scheme = references.follow(written);
    if (scheme === undefined) continue;
    if (!isBearer(scheme)) {
      references.diagnostics.add(
        scheme.pointer,
        "The scheme is not supported; use type: http with scheme: bearer, oauth2 or openIdConnect",
      );
    }
  }
  return names;
}

/** Reads the alternative requirements of an operation or of the document. */
function readRequirements(
  parent: Located,
  { schemes, references }: { schemes: ReadonlySet<string>; references: References },
): readonly SecurityRequirement[] {
  const { diagnostics } = references;
  const found: SecurityRequirement[] = [];
  for (const requirement of elements(parent, "security")) {
    if (!isObject(requirement.value)) continue;
    const named = [...entries(requirement)];
    const [first] = named;
    if (first === undefined) {
      diagnostics.add(
        requirement.pointer,
        "Optional security is not supported; write security: [] or a scheme",
      );
      continue;
    }
    if (named.length > 1) {
      diagnostics.add(
        requirement.pointer,
        "Combined schemes are not supported; list them as alternatives",
      );
    }
    const [scheme, { pointer, value }] = first;
    if (!schemes.has(scheme)) {
      diagnostics.add(
        pointer,
        "Unknown scheme; correct the name, or add it to components/securitySchemes",
      );
    }
    found.push({ scheme, scopes: readScopes({ pointer, value }, references) });
  }
  return found;
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
