import { assertEquals } from "@std/assert";
import { PageLinks } from "./page_links.ts";

Deno.test("PageLinks.to() keeps the filter and replaces the position", () => {
  const url = new URL("https://api.example.com/v1/profiles?name=%C3%84%26b&limit=2&after=old");
  const links = new PageLinks(url, { limit: 2, pageSize: undefined, name: "Ä&b" });
  const start = "<https://api.example.com/v1/profiles?limit=2&name=%C3%84%26b";
  assertEquals(links.to("first", ""), `${start}>; rel="first"`);
  assertEquals(links.to("next", "after=new"), `${start}&after=new>; rel="next"`);
});

Deno.test("PageLinks.to() links to a list without parameters", () => {
  const links = new PageLinks(new URL("https://api.example.com/v1/profiles"), {});
  assertEquals(links.to("first", ""), '<https://api.example.com/v1/profiles>; rel="first"');
  assertEquals(links.to("last", "page=3"), '<https://api.example.com/v1/profiles?page=3>; rel="last"');
});
