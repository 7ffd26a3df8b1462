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
export function compileSecurity(references: References): ReadSecurity {
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
  const fallback = common === undefined ? undefined : readRequirements(root, { schemes, references });
  return function readSecurity(operation): readonly SecurityRequirement[] {
    if (child(operation, "security") !== undefined) {
      return readRequirements(operation, { schemes, references });
    }
    if (fallback === undefined) {
      diagnostics.add(
        operation.pointer,
        "The operation has no security; name the scheme and scopes it needs, or write security: [] to make it public",
      );
    }
    return fallback ?? [];
  };
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
    const type = textMember(scheme.value, "type");
    const method = textMember(scheme.value, "scheme")?.toLowerCase();
    if (type !== "http" || method !== "bearer") {
      references.diagnostics.add(
        scheme.pointer,
        "The scheme is not supported; use type: http with scheme: bearer",
      );
    } else if (names.size > 1) {
      // A request has one place for a bearer token, and the server has one authenticator.
      references.diagnostics.add(
        scheme.pointer,
        "A second scheme is not supported; distinguish callers by scopes",
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
