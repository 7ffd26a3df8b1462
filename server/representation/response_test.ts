import { assertEquals } from "@std/assert";
import { createNegotiation } from "./response.ts";

Deno.test("createNegotiation() chooses the client's preference", () => {
  const negotiate = createNegotiation(["application/json", "text/csv"]);
  const expected: [string | null, string | undefined][] = [
    [null, "application/json"],
    ["", "application/json"],
    ["text/*", "text/csv"],
    ["text/csv, application/json;q=0.5", "text/csv"],
    ["*/*;q=0.1, text/csv", "text/csv"],
    ["application/json;q=0, */*", "text/csv"],
    ["APPLICATION/JSON", "application/json"],
    ["image/png", undefined],
    ["*/*;q=0", undefined],
  ];
  for (const [accept, best] of expected) {
    assertEquals(negotiate(accept), best, String(accept));
    assertEquals(negotiate(accept), best, `${accept}, again`);
  }
});

Deno.test("createNegotiation() accepts a range if a type of it is accepted", () => {
  const negotiate = createNegotiation(["image/*", "application/json"]);
  const expected: [string, string | undefined][] = [
    ["image/png", "image/*"],
    ["IMAGE/PNG;q=0.1", "image/*"],
    ["image/*", "image/*"],
    ["application/json, image/png", "application/json"],
    ["image/png;q=0", undefined],
    ["text/html", undefined],
  ];
  for (const [accept, best] of expected) assertEquals(negotiate(accept), best, accept);
});

Deno.test("createNegotiation() caches a bounded number of headers", () => {
  const negotiate = createNegotiation(["application/json"]);
  for (let i = 0; i < 1000; i++) assertEquals(negotiate(`application/json, x/${i}`), "application/json");
});
