import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { child, elements, entries, type Located, textMember } from "../document/json_value.ts";

/**
 * Returns the prefix of the paths below a path item or operation. With servers of its own it is the path of the first, such
 * as "/qr/v2"; otherwise, or if that is the same path as the document's, it is the configured one.
 *
 * @param levels operation and path item
 */
export function serverPrefix(
  document: Located,
  { levels, basePath: configured = "" }: {
    readonly levels: readonly Located[];
    readonly basePath: string | undefined;
  },
): string {
  const own = levels.map(basePath).find((path) => path !== undefined);
  const common = basePath(document);
  if (own !== undefined && own !== common) return own;
  return configured === "servers" ? common ?? "" : configured;
}

/** Warns of the path of a document's first server, which paths have only if the configuration says so. */
export function warnOfServerPath(document: Located, diagnostics: DiagnosticList): void {
  const prefix = basePath(document);
  if (prefix === undefined || prefix === "") return;
  diagnostics.warn(
    "/servers/0/url",
    `Paths are served as written, without ${prefix} of the first server; add to options in the cfg: ` +
      "base-path: servers to serve them below it, or base-path: '' to keep them as written",
  );
}

/** Returns the path of the first server, its variables at their defaults; undefined without servers. */
function basePath(owner: Located): string | undefined {
  const [server] = elements(owner, "servers");
  const url = textMember(server?.value, "url");
  if (server === undefined || url === undefined) return undefined;
  const variables = child(server, "variables");
  const defaults = new Map(
    variables === undefined
      ? []
      : [...entries(variables)].map(([name, { value }]) => [name, textMember(value, "default")]),
  );
  const filled = url.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => defaults.get(name) ?? name);
  return URL.parse(filled, "http://localhost")?.pathname.replace(/\/+$/, "") ?? "";
}
