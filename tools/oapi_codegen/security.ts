import type { SecurityRequirement } from "@archway/server/operation.ts";
import { child, elements, entries, isArray, isObject, type Located, textMember } from "./json_value.ts";
import type { References } from "./references.ts";

/** A scope is written into a header, among others separated by spaces (RFC 6749, section 3.3). */
const SCOPE = /^[!#-[\]-~]+$/;

/** Gives what an operation's `security` means, its own or the document's; notes what cannot be enforced. */
export type ReadSecurity = (operation: Located) => readonly SecurityRequirement[];

/**
 * Reads the security schemes of a document, and its own `security`, which holds for every operation without one
 * (OpenAPI 3.1, sections 4.8.1 and 4.8.10). Who may call an operation is never left to chance: an operation for which
 * nothing is said is a diagnostic, and `security: []` of its own makes it public.
 */
export function compileSecurity(references: References): ReadSecurity {
  const { diagnostics } = references;
  const root: Located = { value: references.root, pointer: "" };
  const schemes = readSchemes(root, references);
  const common = child(root, "security");
  if (isArray(common?.value) && common.value.length === 0) {
    diagnostics.add(
      "/security",
      "An operation is made public by a security: [] of its own, not for all of them",
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

/** The names of the schemes, known to be good or not. */
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
      // There is one place for a bearer token in a request, and one authenticator that looks at it.
      references.diagnostics.add(
        scheme.pointer,
        "A second scheme is not supported; tell callers apart by scopes",
      );
    }
  }
  return names;
}

/** The alternatives that stand at the `security` of an operation, or of the document. */
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
        "Security that is optional is not supported; write security: [] or a scheme",
      );
      continue;
    }
    if (named.length > 1) {
      diagnostics.add(
        requirement.pointer,
        "Schemes together are not supported; name one, others are alternatives",
      );
    }
    const [scheme, { pointer, value }] = first;
    if (!schemes.has(scheme)) {
      diagnostics.add(
        pointer,
        "There is no such scheme in components/securitySchemes; correct the name or add it",
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
        "A scope is visible ASCII without spaces, quotes and backslashes",
      );}
  }
  return scopes;
}
