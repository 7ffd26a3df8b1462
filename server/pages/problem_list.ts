import { html } from "@hono/hono/html";
import type { ProblemCatalog } from "../problems/problem_response.ts";
import type { Endpoint } from "../routing/resource.ts";
import { PAGE_POLICY, pageLayout } from "./page_layout.ts";
import { pageOrJson, pageResponse } from "./page_response.ts";

/** Creates the endpoint `/problems/`: all problem types, as HTML or JSON. */
export function problemList(catalog: ProblemCatalog): Endpoint {
  const types = [...catalog.values()].toSorted((a, b) => a.status - b.status || (a.slug < b.slug ? -1 : 1));
  return {
    method: "GET",
    path: "/problems/",
    async handle(exchange): Promise<Response> {
      const type = pageOrJson(exchange);
      const text = type === "application/json"
        ? JSON.stringify({
          data: types.map(({ slug, title, status }) => ({ type: `/problems/${slug}`, title, status })),
        })
        : await pageLayout(
          "Problem types",
          html`
            <h1>Problem types</h1>
            <p>Every error is a problem of RFC 9457. Its <code>type</code> is one of these.</p>
            <table>
              <thead>
                <tr>
                  <th scope="col">Status</th>
                  <th scope="col">Type</th>
                  <th scope="col">Meaning</th>
                </tr>
              </thead>
              <tbody>
            ${types.map(({ slug, title, status, detail }) =>
              html`
                <tr>
                  <td>${String(status)}</td>
                  <td><a href="${slug}">${title}</a></td>
                  <td>${detail}</td>
                </tr>
              `
            )}</tbody>
            </table>
          `,
        );
      return await pageResponse({ text, type, policy: PAGE_POLICY, varies: true }, exchange);
    },
  };
}
