import { html } from "@hono/hono/html";
import type { ApiModule } from "../api_module.ts";
import { documentList } from "../documents/document_list.ts";
import type { Endpoint } from "../routing/resource.ts";
import { type Page, pageResponse } from "./page_response.ts";

/** Options of {@link apiReference}. */
export interface ApiReferenceOptions {
  readonly modules: readonly ApiModule[];
  /** Returns an access token for development, which the page then uses; undefined outside development. */
  readonly token?: (() => Promise<string>) | undefined;
}

/**
 * Scripts and requests of this origin only. Swagger UI sets the style attributes of its elements, and its icons are data
 * URLs; it needs no `unsafe-eval`.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Shows the document that the address names, with a token if there is one. */
const START = `"use strict";
const data = document.querySelector("main").dataset;
const chosen = new URLSearchParams(location.search).get("document");
const names = JSON.parse(data.names);
const name = names.includes(chosen) ? chosen : names[0];
const select = document.querySelector("select");
if (select !== null) {
  select.value = name;
  select.addEventListener("change", () => location.search = "?document=" + encodeURIComponent(select.value));
}
async function authorize(ui) {
  if (data.token === undefined) return;
  const response = await fetch("docs/token", { method: "POST" });
  if (!response.ok) return;
  const { token } = await response.json();
  const schemes = ui.specSelectors.securityDefinitions();
  for (const [scheme, definition] of Object.entries(schemes === undefined ? {} : schemes.toJS())) {
    if (definition.type === "http" && definition.scheme === "bearer") ui.preauthorizeApiKey(scheme, token);
  }
}
const ui = SwaggerUIBundle({
  url: "openapi/" + name + ".json",
  dom_id: "#reference",
  deepLinking: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
  onComplete: () => authorize(ui),
});
`;

/**
 * Creates the endpoints of the interactive API reference: `/docs` and its files, all from the program itself. Swagger UI
 * is loaded by the first request.
 */
export function apiReference({ modules, token }: ApiReferenceOptions): readonly Endpoint[] {
  return [
    pageEndpoint("/docs", () => referencePage(modules, { hasToken: token !== undefined })),
    pageEndpoint("/docs/start.js", () => Promise.resolve({ text: START, type: "text/javascript" })),
    pageEndpoint("/docs/swagger-ui.js", readScript),
    pageEndpoint("/docs/swagger-ui.css", readStyle),
    ...(token === undefined ? [] : [tokenEndpoint(token)]),
  ];
}

/** Creates an endpoint for a page that never changes. It is made for the first request. */
function pageEndpoint(path: string, make: () => Promise<Page>): Endpoint {
  let made: Promise<Page> | undefined;
  return {
    method: "GET",
    path,
    handle: async (exchange): Promise<Response> => await pageResponse(await (made ??= make()), exchange),
  };
}

/** Gives pages of this origin a token. Those of other origins cannot read it, and the server checks `Host`. */
function tokenEndpoint(token: () => Promise<string>): Endpoint {
  return {
    method: "POST",
    path: "/docs/token",
    async handle(exchange): Promise<Response> {
      const response = Response.json({ token: await token() });
      response.headers.set("Cache-Control", "no-store");
      response.headers.set("X-Request-Id", exchange.requestId);
      return response;
    },
  };
}

async function referencePage(
  modules: readonly ApiModule[],
  { hasToken }: { readonly hasToken: boolean },
): Promise<Page> {
  const documents = documentList(modules, ".").data;
  const names = JSON.stringify(documents.map(({ name }) => name));
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>API reference</title>
        <link rel="stylesheet" href="docs/swagger-ui.css">
      </head>
      <body>
        <header>
          <nav>
    <a href=".">Home</a>
    ${documents.length < 2 ? "" : html`<label>API <select>
${
      documents.map(({ name, title }) =>
        html`
          <option value="${name}">${title}</option>
        `
      )
    }</select></label>`}
          </nav>
        </header>
        <main data-names="${names}" ${hasToken ? html`data-token="development"` : ""}>
          <div id="reference"></div>
          <noscript>The API reference needs JavaScript. The documents themselves are at <a href="openapi">openapi</a>.</noscript>
        </main>
        <script src="docs/swagger-ui.js"></script>
        <script src="docs/start.js"></script>
      </body>
    </html>
  `;
  return { text: String(await page), type: "text/html", policy: POLICY };
}

async function readScript(): Promise<Page> {
  const { default: text } = await import("swagger-ui-dist/swagger-ui-bundle.js", { with: { type: "text" } });
  return { text, type: "text/javascript" };
}

async function readStyle(): Promise<Page> {
  const { default: text } = await import("swagger-ui-dist/swagger-ui.css", { with: { type: "text" } });
  return { text, type: "text/css" };
}
