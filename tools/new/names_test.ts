import { assertEquals, assertThrows } from "@std/assert";
import { serviceNames } from "./names.ts";
import { NewError } from "./usage_error.ts";

Deno.test("serviceNames() derives the singular, or takes it", () => {
  const singulars = ["orders", "policies", "boxes", "addresses", "days", "purchase-orders"].map((name) =>
    serviceNames(name).singular.kebab
  );
  assertEquals(singulars, ["order", "policy", "box", "address", "day", "purchase-order"]);
  assertEquals(serviceNames("people", "person").singular.pascal, "Person");
});

Deno.test("serviceNames() spells names for files, code, URLs and texts", () => {
  const { plural, singular, one, folder, path } = serviceNames("striped_zebras");
  assertEquals(plural, {
    words: "striped zebras",
    kebab: "striped-zebras",
    snake: "striped_zebras",
    camel: "stripedZebras",
    pascal: "StripedZebras",
  });
  assertEquals([singular.pascal, one, folder, path], [
    "StripedZebra",
    "a striped zebra",
    "striped_zebras_service",
    "/v1/striped-zebras",
  ]);
  const articles = ["orders", "users", "umbrellas", "invoices", "units"].map((name) =>
    serviceNames(name).one
  );
  assertEquals(articles, ["an order", "a user", "an umbrella", "an invoice", "a unit"]);
});

Deno.test("serviceNames() refuses names that cannot be used, with the reason", () => {
  const invalid: readonly (readonly [string, string])[] = [
    ["Orders", "lowercase letters"],
    ["2orders", "starting with a letter"],
    ["a".repeat(24) + "s", "at most 24"],
    ["order", "add --singular <resource>"],
    ["bus", "add --singular <resource>"],
    ["records", "reserved word"],
    ["classes", "reserved word"],
  ];
  for (const [name, message] of invalid) assertThrows(() => serviceNames(name), NewError, message);
  assertThrows(() => serviceNames("sheep", "sheep"), NewError, "must differ");
});
