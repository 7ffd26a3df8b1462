import { assertEquals, assertRejects } from "@std/assert";
import { walkFrom } from "./rows_scenario.ts";

const IDS = Array.from({ length: 450 }, (_, index) => `id-${index}`);

/** A list whose cursors are the number of the first item. */
function list({ url }: Request): Response {
  const { pathname, searchParams } = new URL(url);
  if (pathname !== "/items") return new Response(null, { status: 404 });
  const limit = Number(searchParams.get("limit") ?? 20);
  const start = Number(searchParams.get("after") ?? 0);
  const data = IDS.slice(start, start + limit).map((id) => ({ id }));
  return Response.json({
    data,
    meta: start + limit < IDS.length ? { nextCursor: String(start + limit) } : {},
  });
}

Deno.test("walkFrom() follows the cursors of a list", async () => {
  await using started = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, list);
  const server = { url: (path: string): string => `http://127.0.0.1:${started.addr.port}${path}` };
  const pages = await walkFrom("/items?limit=200", { server, pages: 3 });
  assertEquals(pages.flatMap(({ ids }) => ids), IDS);
  const [, , third] = await walkFrom("/items", { server, pages: 3 });
  assertEquals(third, { path: "/items?after=40", ids: IDS.slice(40, 60) });
  await assertRejects(() => walkFrom("/items", { server, pages: 24 }), Error, "has no next one");
  await assertRejects(() => walkFrom("/others", { server, pages: 1 }), Error, "404");
});
