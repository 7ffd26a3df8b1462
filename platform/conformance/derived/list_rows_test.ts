import { assertEquals } from "@std/assert";
import { cursorsOf } from "./list_rows.ts";

Deno.test("cursorsOf() returns cursors that are members of a page, or parameters of its links", () => {
  const link = "https://a.example/v1/a?limit=1&after=a%2Fb";
  const pages = [
    { meta: { nextCursor: "a/b", prev_cursor: null } },
    { meta: { next_cursor: "a/b" }, links: { self: "/v1/a?after=x", next: link } },
    { links: { next: "/v1/a?page_token=a%2Fb", prev: "/v1/a?page=1" } },
    { next: "a/b" },
  ];
  for (const page of pages) assertEquals(cursorsOf(page), { next: "a/b" });
  assertEquals(cursorsOf({ data: [{ name: "next" }] }), {});
});
