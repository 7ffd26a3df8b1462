import { html } from "@hono/hono/html";
import type { ApiModule } from "../api_module.ts";
import { documentList } from "../documents/document_list.ts";
import { Problem } from "../problem.ts";
import type { Endpoint } from "../routing/resource.ts";
import { isCrossOrigin } from "../security/cross_origin.ts";
import { contentEndpoint } from "../representation/tagged_content.ts";
import { type Page, tagPage } from "./page_response.ts";

/** Options of {@link apiReference}. */
export interface ApiReferenceOptions {
  readonly modules: readonly ApiModule[];
  /** Returns an access token for development, which the page then uses; undefined outside development. */
  readonly token?: (() => Promise<string>) | undefined;
}

/**
 * Scripts, styles and requests of this origin only, which is all that Swagger UI needs; its icons are data URLs.
 */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Shows the document that the address names, on this server instead of those of the document. */
const START = `"use strict";
const data = document.querySelector("main").dataset;
const chosen = new URLSearchParams(location.search).get("document");
const names = JSON.parse(data.names);
const name = names.includes(chosen) ? chosen : names[0];
const base = new URL(".", location.href).href.slice(0, -1);
const select = document.querySelector("nav select");
if (select !== null) {
  select.value = name;
  select.addEventListener("change", () => location.search = "?document=" + encodeURIComponent(select.value));
}
// Servers of single paths and operations keep their path.
function onThisServer(value) {
  if (typeof value !== "object" || value === null || !Array.isArray(value.servers)) return;
  for (const server of value.servers) {
    server.url = base + String(server.url).replace(/^[a-z]+:\\/\\/[^/]*/i, "").replace(/\\/$/, "");
  }
}
let token;
async function authorize(ui) {
  if (data.token === undefined) return;
  const response = await fetch("docs/token", { method: "POST" });
  if (!response.ok) return;
  ({ token } = await response.json());
  const schemes = ui.specSelectors.securityDefinitions();
  for (const [scheme, definition] of Object.entries(schemes === undefined ? {} : schemes.toJS())) {
    if (definition.type === "http" && definition.scheme === "bearer") ui.preauthorizeApiKey(scheme, token);
  }
}
async function show() {
  const spec = await (await fetch("openapi/" + encodeURIComponent(name) + ".json")).json();
  for (const path of Object.values(spec.paths === undefined ? {} : spec.paths)) {
    onThisServer(path);
    Object.values(path).forEach(onThisServer);
  }
  const ui = SwaggerUIBundle({
    spec: { ...spec, servers: [{ url: base }] },
    dom_id: "#reference",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    // Also for oauth2 and openIdConnect, which would ask the document's issuer.
    requestInterceptor(request) {
      const toThis = new URL(request.url, location.href).origin === location.origin;
      if (token !== undefined && toThis && !("Authorization" in request.headers)) {
        request.headers.Authorization = "Bearer " + token;
      }
      return request;
    },
    syntaxHighlight: false,
    onComplete: () => authorize(ui),
  });
}
show();
`;

/** Style around Swagger UI, and darker colors where its own have too little contrast (WCAG 2.2, 1.4.3). */
const STYLE = `body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: #fff; color: #222; }
nav { display: flex; gap: 1.5rem; align-items: center; padding: 0.75rem 2rem; border-bottom: 1px solid #ccc; }
nav a { color: #0b57d0; }
nav select { font: inherit; padding: 0.2rem; }
.swagger-ui .info .title small { background: #4a5568; }
.swagger-ui .info .title small.version-stamp { background: #3f6212; }
.swagger-ui .info .link, .swagger-ui a.link, .swagger-ui .info a { color: #0b57d0; }
.swagger-ui .btn.authorize, .swagger-ui .btn.authorize span { color: #166534; border-color: #166534; }
.swagger-ui .btn.try-out__btn, .swagger-ui .btn.try-out__btn.cancel { color: #333; border-color: #666; }
.swagger-ui .btn.try-out__btn.cancel { color: #b3261e; border-color: #b3261e; }
.swagger-ui .btn.execute { background: #0b57d0; border-color: #0b57d0; }
.swagger-ui .parameter__in, .swagger-ui .parameter__type, .swagger-ui .prop-format { color: #595959; }
.swagger-ui .opblock.opblock .opblock-summary-method { background: #6a1b9a; }
.swagger-ui .opblock.opblock-get[class] .opblock-summary-method { background: #0b57d0; }
.swagger-ui .opblock.opblock-post[class] .opblock-summary-method { background: #166534; }
.swagger-ui .opblock.opblock-put[class] .opblock-summary-method { background: #8a4b00; }
.swagger-ui .opblock.opblock-patch[class] .opblock-summary-method { background: #0f5c56; }
.swagger-ui .opblock.opblock-delete[class] .opblock-summary-method { background: #b3261e; }
.swagger-ui .json-schema-2020-12-expand-deep-button { color: #595959; }
.swagger-ui .json-schema-2020-12__constraint { background: #805500; color: #fff; }
.swagger-ui .json-schema-2020-12__constraint--string { background: #8f4a00; color: #fff; }
`;

/**
 * Creates the endpoints of the interactive API reference: `/docs` and its files, all from the program itself. Swagger UI
 * is loaded by the first request.
 */
export function apiReference({ modules, token }: ApiReferenceOptions): readonly Endpoint[] {
  return [
    pageEndpoint("/docs", () => referencePage(modules, { hasToken: token !== undefined })),
    pageEndpoint("/docs/start.js", () => Promise.resolve({ text: START, type: "text/javascript" })),
    pageEndpoint("/docs/style.css", () => Promise.resolve({ text: STYLE, type: "text/css" })),
    pageEndpoint("/docs/swagger-ui.js", readScript),
    pageEndpoint("/docs/swagger-ui.css", readStyle),
    ...(token === undefined ? [] : [tokenEndpoint(token)]),
  ];
}

function pageEndpoint(path: string, make: () => Promise<Page>): Endpoint {
  return contentEndpoint(path, async () => await tagPage(await make()));
}

const NO_ORIGINS: ReadonlySet<string> = new Set();

/**
 * Gives pages of this origin a token; the server checks `Host`. Those of other origins could read it where CORS allows
 * all of them.
 */
function tokenEndpoint(token: () => Promise<string>): Endpoint {
  return {
    method: "POST",
    path: "/docs/token",
    async handle(exchange): Promise<Response> {
      if (isCrossOrigin(exchange, NO_ORIGINS)) {
        throw new Problem(403, "cross-origin", { detail: "Only pages of this server get a token" });
      }
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
        <link rel="stylesheet" href="docs/style.css">
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
