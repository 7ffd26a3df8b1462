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
      return { kind: "read", paths: await nextPages(server) };
    case "create":
      return { kind: "create", path: PROFILES, nonce: crypto.randomUUID() };
    case "patch":
      return { kind: "patch", paths: paths.slice(0, PATCHED) };
  }
}

/** Follows the server's own cursors, which only that server understands. */
async function nextPages(server: HttpServerProcess): Promise<readonly string[]> {
  const paths: string[] = [];
  for (let path = PROFILES; paths.length < CURSORS; paths.push(path)) {
    const response = await fetch(server.url(path));
    const { meta }: { readonly meta?: { readonly nextCursor?: string } } = await response.json();
    if (meta?.nextCursor === undefined) throw new Error("Collecting cursors failed: a page has no next one");
    path = `${PROFILES}?after=${meta.nextCursor}`;
  }
  return paths;
}
