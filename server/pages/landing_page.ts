import { html } from "@hono/hono/html";
import type { ApiModule } from "../api_module.ts";
import type { Endpoint } from "../routing/resource.ts";
import { documentList } from "../documents/document_list.ts";
import { baseUrl } from "../representation/tagged_content.ts";
import { type Html, PAGE_POLICY, pageLayout } from "./page_layout.ts";
import { pageOrJson, pageResponse } from "./page_response.ts";

/** Facts about the running program. */
export interface ProgramFacts {
  /** Name of the program. */
  readonly name: string;
  readonly version: string | undefined;
  /** Kind of database in use, without its address. */
  readonly database: string;
}

/** Options of {@link landingPage}. */
export interface LandingPageOptions {
  readonly service: ProgramFacts;
  readonly modules: readonly ApiModule[];
  /** Whether the OpenAPI documents are served. */
  readonly documents: boolean;
  /** Whether the API reference is served. */
  readonly reference: boolean;
}

interface Link {
  readonly href: string;
  readonly title: string;
}

/** Creates the endpoint `/`: what runs here, as HTML or JSON. */
export function landingPage(options: LandingPageOptions): Endpoint {
  return {
    method: "GET",
    path: "/",
    async handle(exchange): Promise<Response> {
      const type = pageOrJson(exchange);
      const varies = true;
      if (type === "text/html") {
        const text = await pageLayout(options.service.name, content(options));
        return await pageResponse({ text, type, policy: PAGE_POLICY, varies }, exchange);
      }
      const base = baseUrl(exchange, "/");
      return await pageResponse({ text: JSON.stringify(description(options, base)), type, varies }, exchange);
    },
  };
}

function linksOf({ documents, reference }: LandingPageOptions): readonly Link[] {
  return [
    ...(reference ? [{ href: "docs", title: "API reference" }] : []),
    ...(documents ? [{ href: "openapi", title: "OpenAPI documents" }] : []),
    { href: "problems/", title: "Problem types" },
    { href: "readyz", title: "Readiness" },
    { href: "healthz", title: "Health" },
  ];
}

function description(options: LandingPageOptions, base: string): object {
  const { service, modules, documents } = options;
  return {
    ...service,
    documents: documents ? documentList(modules, base).data : [],
    links: linksOf(options).map(({ href, title }) => ({ href: `${base}/${href}`, title })),
  };
}

function content(options: LandingPageOptions): Html {
  const { service: { name, version, database }, modules, documents, reference } = options;
  const listed = documents ? documentList(modules, ".").data : [];
  return html`
    <h1>${name}</h1>
    <dl>
      <dt>Version</dt>
      <dd>${version ?? "none"}</dd>
      <dt>Database</dt>
      <dd>${database}</dd>
    </dl>
    ${listed.length === 0 ? "" : html`
      <h2>APIs</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">API</th>
            <th scope="col">Version</th>
            <th scope="col">Document</th>
          </tr>
        </thead>
        <tbody>
      ${listed.map(({ name, title, version, json, yaml }) =>
        html`
          <tr>
            <td>${reference ? html`<a href="docs?document=${name}">${title}</a>` : title}</td>
            <td>${version}</td>
            <td><a href="${json}">JSON</a>, <a href="${yaml}">YAML</a></td>
          </tr>
        `
      )}</tbody>
      </table>
    `}
    <h2>Links</h2>
    <ul>
    ${linksOf(options).map(({ href, title }) =>
      html`
        <li><a href="${href}">${title}</a></li>
      `
    )}</ul>
  `;
}
