import { type ApiModule, ownFirst } from "../api_module.ts";
import type { JsonValue } from "../operation.ts";

/** Entry of the list of documents. */
interface ListedDocument {
  readonly name: string;
  readonly title: string;
  /** Version of the API, as the document states it. */
  readonly version: string;
  /** Absolute URL of the document as JSON. */
  readonly json: string;
  /** Absolute URL of the document as YAML. */
  readonly yaml: string;
}

/** Link target (RFC 9264, section 4.2.3). */
interface LinkTarget {
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
}

/** Links of one API; the members are relation types. */
interface LinkContext {
  readonly anchor: string;
  readonly [relation: string]: string | readonly LinkTarget[];
}

/** Returns the content of `/openapi`. @param base URL of the server without a trailing slash. */
export function documentList(
  modules: readonly ApiModule[],
  base: string,
): { readonly data: readonly ListedDocument[] } {
  return {
    data: ownFirst(modules).map(({ name, document }) => ({
      ...{ name, ...infoOf(document) },
      json: `${base}/openapi/${name}.json`,
      yaml: `${base}/openapi/${name}.yaml`,
    })),
  };
}

/**
 * Returns the content of `/.well-known/api-catalog` (RFC 9727): a link set (RFC 9264) of the APIs, each with its
 * documents and the state of the server.
 */
export function apiCatalog(
  modules: readonly ApiModule[],
  base: string,
): { readonly linkset: readonly LinkContext[] } {
  const byAnchor = Map.groupBy(modules, ({ routes }) => base + commonPath(routes));
  const apis = [...byAnchor].map(([anchor, group]): LinkContext => ({
    anchor,
    "service-desc": documentList(group, base).data.flatMap(({ title, json, yaml }) => [
      { href: json, type: "application/json", title },
      { href: yaml, type: "application/yaml", title },
    ]),
    status: [{ href: `${base}/readyz` }],
  }));
  const anchor = `${base}/.well-known/api-catalog`;
  return { linkset: [{ anchor, item: [...byAnchor.keys()].map((href) => ({ href })) }, ...apis] };
}

/** Returns the segments that all paths of an API begin with, up to the first variable; "/" if there are none. */
function commonPath(routes: ApiModule["routes"]): string {
  const paths = routes.map(({ operation }) => operation.path.split("/").slice(1));
  const [first = [], ...others] = paths;
  const end = first.findIndex((segment, index) =>
    segment.includes("{") || others.some((other) => other[index] !== segment)
  );
  return `/${(end === -1 ? first : first.slice(0, end)).join("/")}`;
}

/** Titles and versions by document, which is parsed once. */
const infos = new Map<string, Pick<ListedDocument, "title" | "version">>();

function infoOf(document: string): Pick<ListedDocument, "title" | "version"> {
  const known = infos.get(document) ?? readInfo(document);
  infos.set(document, known);
  return known;
}

function readInfo(document: string): Pick<ListedDocument, "title" | "version"> {
  const { info }: { readonly info?: { readonly title?: JsonValue; readonly version?: JsonValue } } = JSON
    .parse(document);
  return { title: String(info?.title ?? ""), version: String(info?.version ?? "") };
}
