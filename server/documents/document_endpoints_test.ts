import { assert, assertEquals, assertMatch } from "@std/assert";
import { withCompression, withDocuments, withPublicUrl } from "../server_options.ts";
import { send, sendForProblem } from "../testing/note_client.ts";

const LISTS = ["/openapi", "/.well-known/api-catalog"];
const PATHS = ["/openapi/note.json", "/openapi/note.yaml", ...LISTS];
const CATALOG = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"';

Deno.test("documentEndpoints() serves the document of a module as JSON and as YAML", async () => {
  const json = await send("/openapi/note.json");
  assertEquals([json.headers.get("content-type"), await json.text()], [
    "application/json",
    '{"openapi":"3.1.0"}',
  ]);
  const yaml = await send("/openapi/note.yaml");
  assertEquals([yaml.headers.get("content-type"), await yaml.text()], [
    "application/yaml",
    'openapi: "3.1.0"\n',
  ]);
});

Deno.test("documentEndpoints() lists the documents, with absolute URLs as clients see them", async () => {
  const { data } = await (await send("/openapi", {}, withPublicUrl("https://api.example/base/"))).json();
  assertEquals(data, [{
    name: "note",
    title: "",
    version: "",
    json: "https://api.example/base/openapi/note.json",
    yaml: "https://api.example/base/openapi/note.yaml",
  }]);
});

Deno.test("documentEndpoints() serves the link set of RFC 9727", async () => {
  const response = await send("/.well-known/api-catalog");
  assertEquals(response.headers.get("content-type"), CATALOG);
  assertEquals(await response.json(), {
    linkset: [
      { anchor: "http://localhost/.well-known/api-catalog", item: [{ href: "http://localhost/notes" }] },
      {
        anchor: "http://localhost/notes",
        "service-desc": [
          { href: "http://localhost/openapi/note.json", type: "application/json", title: "" },
          { href: "http://localhost/openapi/note.yaml", type: "application/yaml", title: "" },
        ],
        status: [{ href: "http://localhost/readyz" }],
      },
    ],
  });
  const head = await send("/.well-known/api-catalog", { method: "HEAD" });
  assertEquals(
    [head.status, head.headers.get("content-type"), head.headers.get("link"), await head.text()],
    [200, CATALOG, '<http://localhost/.well-known/api-catalog>; rel="api-catalog"', ""],
  );
});

Deno.test("documentEndpoints() responds 304 to a client that has the text", async () => {
  for (const path of PATHS) {
    const first = await send(path);
    const etag = first.headers.get("etag") ?? "";
    assertMatch(etag, /^"[^"]+"$/);
    assertEquals(first.headers.get("cache-control"), "no-cache, no-transform");
    const again = await send(path, { headers: { "if-none-match": etag } });
    assertEquals([again.status, again.headers.get("etag"), await again.text()], [304, etag, ""]);
    const other = await send(path, { headers: { "if-none-match": '"other"' } });
    assertEquals([other.status, await other.text()], [200, await first.text()]);
  }
});

Deno.test("documentEndpoints() compresses all texts", async () => {
  for (const path of PATHS) {
    const { headers } = await send(path, { headers: { "accept-encoding": "gzip" } }, withCompression(1));
    assertEquals([path, headers.get("content-encoding")], [path, "gzip"]);
    assert(headers.get("etag")?.endsWith('-gzip"'));
  }
});

Deno.test("withDocuments() switches all of them off", async () => {
  for (const path of PATHS) {
    assertEquals([path, (await sendForProblem(path, {}, withDocuments(false))).status], [path, 404]);
  }
});
