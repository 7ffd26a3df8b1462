import { createCatalog } from "../problems/problem_response.ts";
import type { Endpoint } from "../routing/resource.ts";
import type { ServerOptions } from "../server_options.ts";
import { agentGuide } from "./agent_guide.ts";
import { apiReference } from "./api_reference.ts";
import { landingPage } from "./landing_page.ts";
import { problemList } from "./problem_list.ts";

/** Creates the pages for browsers, except those whose path an API serves itself. */
export function pageEndpoints(
  { modules, documents, pages }: Pick<ServerOptions, "modules" | "documents" | "pages">,
  operations: readonly Pick<Endpoint, "path">[],
): readonly Endpoint[] {
  const served = new Set(operations.map(({ path }) => path));
  const hasReference = pages?.reference === true && documents && modules.length > 0;
  return [
    problemList(createCatalog(modules)),
    ...(pages?.landing === undefined ? [] : [
      landingPage({ service: pages.landing, modules, documents, reference: hasReference }),
      ...(documents ? [agentGuide(modules, { service: pages.landing })] : []),
    ]),
    ...(hasReference ? apiReference({ modules, token: pages.token }) : []),
  ].filter(({ path }) => !served.has(path));
}
