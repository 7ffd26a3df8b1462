import type { RowName } from "./bench_options.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Scenario } from "./request_sources.ts";

const PROFILES = "/v1/profiles";
const CURSORS = 50;
const PATCHED = 512;

/** What a row asks of a server, with ids of profiles that exist. */
export async function rowScenario(
  row: RowName,
  server: HttpServerProcess,
  ids: readonly string[],
): Promise<Scenario> {
  const paths = ids.map((id) => `${PROFILES}/${id}`);
  switch (row) {
    case "health":
      return { kind: "read", paths: ["/livez"] };
    case "one":
      return { kind: "read", paths };
    case "list":
      return { kind: "read", paths: [PROFILES] };
    case "next":
      return { kind: "read", paths: (await walkFrom(PROFILES, { server, pages: CURSORS + 1 })).slice(1) };
    case "create":
      return { kind: "create", path: PROFILES };
    case "patch":
      return { kind: "patch", paths: paths.slice(0, PATCHED) };
  }
}

/** A walk through the list. */
export interface Walk {
  readonly server: HttpServerProcess;
  /** How many pages, the first one included. */
  readonly pages: number;
}

/** The paths of a page and of those after it, by the server's own cursors, which only that server understands. */
export async function walkFrom(first: string, { server, pages }: Walk): Promise<readonly string[]> {
  const paths = [first];
  while (paths.length < pages) {
    const response = await fetch(server.url(paths.at(-1) ?? first));
    const { meta }: { readonly meta?: { readonly nextCursor?: string } } = await response.json();
    if (meta?.nextCursor === undefined) throw new Error("Collecting cursors failed: a page has no next one");
    paths.push(`${PROFILES}?after=${meta.nextCursor}`);
  }
  return paths;
}
