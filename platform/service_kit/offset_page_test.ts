import { assertEquals } from "@std/assert";
import { offsetRange, pageUrl } from "./offset_page.ts";

Deno.test("offsetRange() converts pages and offsets, within the limits", () => {
  const limits = { defaultLimit: 10, maxLimit: 50 };
  assertEquals(offsetRange({}, limits), { limit: 10, offset: 0 });
  assertEquals(offsetRange({ limit: 20, page: 3 }, limits), { limit: 20, offset: 40 });
  assertEquals(offsetRange({ limit: 20, page: 3 }, { ...limits, firstPage: 0 }), { limit: 20, offset: 60 });
  assertEquals(offsetRange({ limit: 500, offset: 7 }, limits), { limit: 50, offset: 7 });
  assertEquals(offsetRange({ limit: -1, page: -5 }, limits), { limit: 1, offset: 0 });
  assertEquals(offsetRange({ page: 1e300 }, limits).offset, Number.MAX_SAFE_INTEGER);
});

Deno.test("pageUrl() replaces parameters and keeps the others", () => {
  const url = new URL("https://example.com/pets?tag=a&page=1");
  assertEquals(pageUrl(url, { page: 2 }), "https://example.com/pets?tag=a&page=2");
  assertEquals(url.search, "?tag=a&page=1");
});
