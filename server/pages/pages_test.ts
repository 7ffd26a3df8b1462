import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { withCors, withDocuments, withPages } from "../server_options.ts";
import { send, sendForProblem } from "../testing/note_client.ts";

const LANDING = { name: "notes", version: "1.2.0", database: "embedded PostgreSQL" };
const WITH_ALL = withPages({ landing: LANDING, reference: true });
const HTML = { headers: { accept: "text/html,application/xhtml+xml;q=0.9" } };

Deno.test("landingPage() describes the service as JSON and as HTML", async () => {
  const json = await send("/", {}, WITH_ALL);
  assertEquals(json.headers.get("vary"), "Accept");
  const { documents, links, ...facts } = await json.json();
  assertEquals(facts, LANDING);
  assertEquals(documents[0].json, "http://localhost/openapi/note.json");
  assertEquals(links[0], { href: "http://localhost/docs", title: "API reference" });
  const page = await send("/", HTML, WITH_ALL);
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  const text = await page.text();
  for (const part of ["<h1>notes</h1>", "1.2.0", "embedded PostgreSQL", 'href="docs?document=note"']) {
    assertStringIncludes(text, part);
  }
});

Deno.test("landingPage() has a policy that allows exactly its style", async () => {
  const page = await send("/", HTML, WITH_ALL);
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(await page.text()) ?? [];
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  assertStringIncludes(
    page.headers.get("content-security-policy") ?? "",
    `style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`,
  );
});

Deno.test("landingPage() responds with 304 to a client that has the page, and with 406 to others", async () => {
  const etag = (await send("/", HTML, WITH_ALL)).headers.get("etag") ?? "";
  const again = await send("/", { headers: { ...HTML.headers, "if-none-match": etag } }, WITH_ALL);
  assertEquals([again.status, await again.text()], [304, ""]);
  assertEquals((await sendForProblem("/", { headers: { accept: "image/png" } }, WITH_ALL)).status, 406);
});

Deno.test("agentGuide() lists the documents for programs", async () => {
  const guide = await send("/llms.txt", {}, WITH_ALL);
  assertEquals(guide.headers.get("content-type"), "text/plain; charset=utf-8");
  assertMatch(await guide.text(), /^# notes\n[^]*\(http:\/\/localhost\/openapi\/note\.json\)/);
});

Deno.test("apiReference() serves the page and its files from the program, without other hosts", async () => {
  const page = await send("/docs", HTML, WITH_ALL);
  const text = await page.text();
  assert(!/(src|href)="(https?:)?\/\//.test(text));
  const policy = page.headers.get("content-security-policy") ?? "";
  assert(!policy.includes("unsafe-eval"));
  assertMatch(policy, /^default-src 'none'; script-src 'self';/);
  for (
    const [path, type] of [["swagger-ui.js", "text/javascript"], ["start.js", "text/javascript"], [
      "swagger-ui.css",
      "text/css",
    ]]
  ) {
    const file = await send(`/docs/${path}`, {}, WITH_ALL);
    assertEquals([file.status, file.headers.get("content-type")], [200, `${type}; charset=utf-8`]);
    assert((await file.text()).length > 500);
  }
});

Deno.test("apiReference() gives its page a token only where the server makes some", async () => {
  assertEquals((await sendForProblem("/docs/token", { method: "POST" }, WITH_ALL)).status, 404);
  const pages = withPages({ landing: undefined, reference: true, token: () => Promise.resolve("abc") });
  const response = await send("/docs/token", { method: "POST" }, pages);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), { token: "abc" });
  // CORS can allow other origins to read every response.
  const other = { method: "POST", headers: { origin: "https://other.example" } };
  assertEquals((await sendForProblem("/docs/token", other, pages, withCors({ origins: "*" }))).status, 403);
  assertStringIncludes(await (await send("/docs", HTML, pages)).text(), 'data-token="development"');
});

Deno.test("pageEndpoints() serves neither page where it is off", async () => {
  assertEquals((await sendForProblem("/")).status, 404);
  assertEquals((await sendForProblem("/docs")).status, 404);
  // A reference without documents would show nothing.
  assertEquals((await sendForProblem("/docs", {}, WITH_ALL, withDocuments(false))).status, 404);
});

Deno.test("problemList() lists the problem types as JSON and as HTML", async () => {
  const { data } = await (await send("/problems/")).json();
  assertEquals(data.find(({ type }: { type: string }) => type === "/problems/not-found"), {
    ...{ type: "/problems/not-found", title: "Not found", status: 404 },
  });
  assertStringIncludes(await (await send("/problems/", HTML)).text(), '<a href="not-found">Not found</a>');
});
