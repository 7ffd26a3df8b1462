import { child, elements, entries, type Located, textMember } from "./json_value.ts";

/**
 * Returns the prefix of the paths below a path item or operation with servers of its own, such as "/qr/v2": the path of
 * its first server. Empty if it has none, or the same path as the document's, which the program is mounted at.
 */
export function serverPrefix(document: Located, levels: readonly Located[]): string {
  const own = levels.map(basePath).find((path) => path !== undefined);
  return own === undefined || own === basePath(document) ? "" : own;
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
