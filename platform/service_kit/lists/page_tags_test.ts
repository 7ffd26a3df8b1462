import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { PageTags } from "./page_tags.ts";

const ITEMS = [{ id: "a", version: 1n }, { id: "b", version: 2n }];

Deno.test("PageTags.of() tags items by version, and the page by its whole content", () => {
  const tags = new PageTags();
  const first = tags.of(ITEMS, ["cursor", 20, true]);
  assertEquals(first.items, { a: '"1"', b: '"2"' });
  assertMatch(first.page, /^"[\w-]{22}"$/);
  // Cached and computed tags are equal.
  assertEquals(tags.of(ITEMS.map((item) => ({ ...item })), ["cursor", 20, true]), first);
  assertEquals(new PageTags().of(ITEMS, ["cursor", 20, true]).page, first.page);
});

Deno.test("PageTags.of() returns different tags for different pages", () => {
  const tags = new PageTags();
  const pages = [
    tags.of(ITEMS, [true]),
    tags.of([{ id: "a", version: 1n }, { id: "b", version: 3n }], [true]),
    tags.of(ITEMS.toReversed(), [true]),
    tags.of(ITEMS, [false]),
    tags.of(ITEMS.slice(1), [true]),
    tags.of([], [true]),
  ].map(({ page }) => page);
  assertEquals(new Set(pages).size, pages.length);
  assertNotEquals(pages[0], pages[1]);
});
