import { assertEquals, assertStringIncludes } from "@std/assert";
import { join, resolve } from "node:path";
import type { Route } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withResponseValidation } from "@archway/server/server_options.ts";
import { generateFiles } from "../generate_files.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../../..");
const FIXTURE = join(import.meta.dirname ?? ".", "../fixtures/media");

/** Generates the fixture and returns its routes. */
async function generatedRoutes(folder: string): Promise<readonly Route[]> {
  const document = await Deno.readTextFile(join(FIXTURE, "openapi.yaml"));
  const { files } = await generateFiles(document, { file: "media/openapi.yaml" });
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, text] of files) await Deno.writeTextFile(join(folder, file), text);
  await Deno.copyFile(join(FIXTURE, "implementation.ts.txt"), join(folder, "implementation.ts"));
  const module: { readonly bound: readonly Route[] } = await import(`file://${folder}/implementation.ts`);
  return module.bound;
}

Deno.test("routes() serves generated media types, forms, headers and parameters over the wire", async (t) => {
  const folder = join(ROOT, ".archway", `media-${crypto.randomUUID()}`);
  try {
    const routes = await generatedRoutes(folder);
    const api = { name: "media", document: "{}", problemTypes: [], problemOf: () => undefined, routes };
    await using server = createServer("127.0.0.1", 0, withApi(api), withResponseValidation(true));
    const { url } = await server.listen();
    const send = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${url}${path}`, init);
    /** Sends a request; returns the body of a 200, or the errors. */
    const json = async (path: string, init: RequestInit = {}): Promise<unknown> => {
      const response = await send(path, init);
      const body = await response.json();
      if (response.ok) return body;
      const errors: { name: string; pointer?: string; reason: string }[] = body.invalidParams ?? [];
      return [response.status, ...errors.map(({ name, pointer, reason }) => `${pointer ?? name}: ${reason}`)];
    };
    const form = (entries: readonly (readonly [string, string | Blob])[]): RequestInit => {
      const body = new FormData();
      for (const [name, value] of entries) body.append(name, value);
      return { method: "POST", body };
    };
    const urlEncoded = (body: string): RequestInit => ({
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body,
    });

    await t.step("multipart: files, lists of files and parts of JSON", async () => {
      const png = { type: "image/png" };
      const response = await json(
        "/upload",
        form([
          ["photo", new File(["a"], "a.bin")],
          ["scans", new File(["b"], "b.png", png)],
          ["scans", new File(["c"], "c.png", png)],
          ["old", new File(["d"], "d")],
          ["cover", new File(["e"], "e.png", png)],
          ["point", '{"x":1}'],
          ["points", new Blob(['{"x":2}'], { type: "application/json" })],
          ["points", '{"x":3,"label":"p"}'],
          ["settings", '"dark"'],
          ["area[x]", "4"],
          ["age", "7"],
        ]),
      );
      assertEquals(response, {
        files: ["a.bin a", "b.png b", "c.png c", "d d", "e.png e"],
        point: { x: 1 },
        points: [{ x: 2 }, { x: 3, label: "p" }],
        settings: "dark",
        area: { x: 4 },
        age: 7,
      });
    });
    await t.step("multipart: errors of files and parts have pointers", async () => {
      const parts = form([
        ["photo", "text"],
        ["cover", new File(["e"], "e.gif", { type: "image/gif" })],
        ["point", "{x"],
        ["points", '{"x":"1"}'],
        ["settings", "1"],
      ]);
      assertEquals(await json("/upload", parts), [
        422,
        "/cover: must be a file of type image/png or image/jpeg",
        "/point: is not valid JSON",
        "/photo: must be a file",
        "/points/0/x: must be an integer",
        "/settings: must be a string",
      ]);
      assertEquals(await json("/upload", form([["age", "9007199254740993"]])), [
        422,
        "/photo: is required",
        "/age: is an integer beyond 2^53, which cannot be represented exactly",
      ]);
    });
    await t.step("url-encoded: brackets, JSON, delimiters and repeated fields", async () => {
      const order = {
        customer: { name: "Ada", vip: true },
        lines: [{ sku: "a", quantity: 2 }, { sku: "b" }],
        codes: [1, 2],
        tags: ["x", "y|z"],
      };
      const brackets =
        "customer[name]=Ada&customer%5Bvip%5D=true&lines[0][sku]=a&lines[1][sku]=b&lines[0][quantity]=2" +
        "&codes=1,2&tags=x|y%7Cz";
      assertEquals(await json("/orders", urlEncoded(brackets)), { ...order, tags: ["x", "y", "z"] });
      const text = encodeURIComponent(JSON.stringify(order.customer));
      const lines = order.lines.map((line) => `lines=${encodeURIComponent(JSON.stringify(line))}`).join("&");
      assertEquals(await json("/orders", urlEncoded(`customer=${text}&${lines}&note=hello`)), {
        customer: order.customer,
        lines: order.lines,
        note: "hello",
      });
      assertEquals(await json("/orders", urlEncoded(`customer=${text}&note=hello&note=again`)), {
        customer: order.customer,
        note: ["hello", "again"],
      });
    });
    await t.step("url-encoded: errors of nested fields", async () => {
      assertEquals(await json("/orders", urlEncoded("customer[vip]=maybe&lines[0][quantity]=many")), [
        422,
        "/customer/name: is required",
        "/customer/vip: must be a boolean",
        "/lines/0/sku: is required",
        "/lines/0/quantity: must be an integer",
      ]);
      const malformed = [
        "customer[name]=a&customer[name]=b",
        "customer=%7B%7D&customer[name]=a",
        "customer[name][first]=a",
        "lines[x][sku]=a",
        "lines[][sku]=a",
      ];
      for (const body of malformed) {
        const [status] = [await json("/orders", urlEncoded(body))].flat();
        assertEquals(status, 400, body);
      }
    });
    await t.step("a range of responses: the handler's type is negotiated and valid", async () => {
      const image = async (type: string, accept: string): Promise<unknown> => {
        const response = await send(`/image?type=${type}`, { headers: { Accept: accept } });
        await response.body?.cancel();
        return response.status === 200 ? response.headers.get("Content-Type") : response.status;
      };
      assertEquals(await image("png", "image/png"), "image/png");
      assertEquals(await image("png", "image/*;q=0.5, text/html"), "image/png");
      assertEquals(await image("png", "*/*"), "image/png");
      assertEquals(await image("png", "image/jpeg"), 406);
      assertEquals(await image("png", "image/png;q=0, */*"), 406);
      assertEquals(await image("png", "text/html"), 406);
    });
    await t.step("a response of bytes by contentMediaType", async () => {
      const response = await send("/png", { headers: { Accept: "image/png" } });
      assertEquals([response.headers.get("Content-Type"), [...await response.bytes()]], ["image/png", [
        1,
        2,
        3,
      ]]);
    });
    await t.step("request types: ranges, parameters and vendors", async () => {
      const put = async (type: string, body: string): Promise<unknown> => {
        const response = await send("/image", { method: "PUT", headers: { "Content-Type": type }, body });
        const text = await response.text();
        if (!response.ok) return response.status;
        assertEquals(response.headers.get("Content-Type"), "text/plain; charset=utf-8");
        return text;
      };
      assertEquals(await put("image/webp", "x"), "image/webp");
      assertEquals(await put("application/json; version=2", '{"two":1}'), "application/json; version=2");
      assertEquals(
        await put('application/json;charset=utf-8;version="2"', '{"two":1}'),
        "application/json; version=2",
      );
      assertEquals(await put("application/json", '{"one":1}'), "application/json; version=1");
      assertEquals(await put("application/json; version=2", '{"one":1}'), 422);
      assertEquals(await put("application/json; version=3", "{}"), 415);
      assertEquals(await put("application/vnd.example+json", "{}"), "application/vnd.example+json");
      assertEquals(await put("application/ld+json", '{"four":4}'), "application/ld+json");
      assertEquals(await put("application/ld+json", "{}"), 422);
      assertEquals(await put("application/vnd.example.v2", '{"three":1}'), "application/vnd.example.v2");
      assertEquals(await put("application/vnd.example.v2", "{}"), 422);
    });
    await t.step("headers of every type, and several cookies", async () => {
      const { status, headers } = await send("/headers");
      assertEquals(status, 204);
      const names = ["flag", "count", "ratio", "list", "point", "pairs", "json", "any", "day"];
      assertEquals(
        names.map((name) => headers.get(`x-${name}`)),
        ["true", "7", "0.5", "1,2", "x,1,label,a", "x=1,label=a", '{"x":1}', "false", "mon"],
      );
      assertEquals(headers.getSetCookie(), ["a=1; Path=/", "b=2"]);
    });
    await t.step("query and cookie parameters: lists in deepObject, JSON, forms and unions", async () => {
      const search = (query: string): Promise<unknown> => json(`/search?${query}`);
      const filter = { ids: [1, 2], range: { from: 3 }, state: "open" };
      for (
        const ids of [
          "filter[ids]=1&filter[ids]=2",
          "filter[ids][]=1&filter[ids][]=2",
          "filter[ids][0]=1&filter[ids][1]=2",
        ]
      ) {
        assertEquals(await search(`${ids}&filter[range][from]=3&filter[state]=open`), {
          ids: [1, 2],
          query: { filter },
          cookies: {},
        });
      }
      assertEquals(await search(`metadata=${encodeURIComponent('[{"x":1}]')}`), {
        first: { x: 1 },
        query: { metadata: [{ x: 1 }] },
        cookies: {},
      });
      assertEquals(await search("sort=a&sort=b&area[x]=1&mode=true&kinds=k"), {
        query: { page: { sort: ["a", "b"], area: { x: 1 } }, mode: true, kinds: "k" },
        cookies: {},
      });
      assertEquals(await search("mode=5&kinds=k&kinds=l"), {
        query: { mode: 5, kinds: ["k", "l"] },
        cookies: {},
      });
      assertEquals(await json("/search", { headers: { Cookie: "seen=1; seen=2" } }), {
        query: {},
        cookies: { seen: [1, 2] },
      });
      assertEquals(await search("filter[ids]=1,2&filter[range][to][x]=3&filter=1&metadata=[&mode=maybe"), [
        400,
        "filter: unknown parameter",
        "filter: has a nested value where the schema has none",
        "metadata: is not valid JSON",
        "mode: must be an integer or a boolean",
      ]);
      assertEquals(await search("filter[ids]=1,2"), [400, "filter: at /ids/0: must be an integer"]);
    });
    await t.step("a body of DELETE, and 204 without a declared response", async () => {
      const init = (body: string): RequestInit => ({
        method: "DELETE",
        headers: { "Content-Type": "application/json" },
        body,
      });
      const response = await send("/search", init('{"x":1}'));
      assertEquals([response.status, await response.text()], [204, ""]);
      assertEquals(await json("/search", init('{"x":"1"}')), [422, "/x: must be an integer"]);
    });
    await t.step("*/* with a schema of JSON", async () => {
      const response = await send("/loose");
      assertStringIncludes(response.headers.get("Content-Type") ?? "", "application/json");
      assertEquals(await response.json(), { x: 1 });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
