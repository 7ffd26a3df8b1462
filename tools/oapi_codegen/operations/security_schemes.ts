import type { SecurityScheme } from "@archway/server/operation.ts";
import { child, entries, type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";

/** Security scheme of a document, or the reason why the server cannot verify it. */
export type SchemeModel =
  | { readonly pointer: string; readonly scheme: SecurityScheme }
  | { readonly pointer: string; readonly unsupported: string };

/** Name of a header (RFC 9110, section 5.6.2), or of a cookie (RFC 6265, section 4.1.1). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Returns the security schemes of a document by name. Adds diagnostics for invalid ones, used or not. */
export function readSchemes(root: Located, references: References): ReadonlyMap<string, SchemeModel> {
  const components = child(root, "components");
  const found = new Map<string, SchemeModel>();
  if (components === undefined) return found;
  for (const [name, written] of entries(components, "securitySchemes")) {
    const scheme = references.follow(written);
    if (scheme !== undefined) found.set(name, readScheme(name, scheme, references));
  }
  return found;
}

function readScheme(scheme: string, written: Located, references: References): SchemeModel {
  const { value, pointer } = written;
  const type = textMember(value, "type");
  const scopes: readonly string[] = [];
  switch (type) {
    case "oauth2":
    case "openIdConnect":
      return { pointer, scheme: { scheme, kind: "bearer", scopes } };
    case "apiKey":
      return { pointer, scheme: readApiKey(scheme, written, references) };
    case "mutualTLS":
      references.diagnostics.warn(
        pointer,
        "Client certificates are verified by a proxy that names their subject (AUTH_CERTIFICATE_HEADER); without one, " +
          "operations that need a certificate respond 401",
      );
      return { pointer, scheme: { scheme, kind: "mutualTLS", scopes } };
    default: {
      const name = textMember(value, "scheme")?.toLowerCase() ?? "";
      if (type === "http" && (name === "bearer" || name === "basic")) {
        return { pointer, scheme: { scheme, kind: name, scopes } };
      }
      const written = type === "http"
        ? `http scheme ${JSON.stringify(name)}`
        : `type ${JSON.stringify(type)}`;
      return {
        pointer,
        unsupported:
          `The ${written} is not supported; use http with bearer or basic, apiKey, oauth2 or openIdConnect, ` +
          "or add such a scheme as an alternative",
      };
    }
  }
}

function readApiKey(scheme: string, { value, pointer }: Located, references: References): SecurityScheme {
  const name = textMember(value, "name") ?? "";
  const location = textMember(value, "in") ?? "";
  const { diagnostics } = references;
  if (name === "" || location !== "query" && !TOKEN.test(name)) {
    diagnostics.add(pointer, "An API key needs the name of its header, query parameter or cookie");
  }
  if (location !== "header" && location !== "query" && location !== "cookie") {
    diagnostics.add(pointer, "An API key is in: header, query or cookie");
    return { scheme, kind: "apiKey", in: "header", name, scopes: [] };
  }
  if (location === "query") {
    diagnostics.warn(
      pointer,
      "Keys in URLs appear in logs of proxies and in traces of the runtime; a header is safer",
    );
  }
  return { scheme, kind: "apiKey", in: location, name, scopes: [] };
}
