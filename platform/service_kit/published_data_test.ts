import { assertEquals, assertThrows } from "@std/assert";
import { publishedData } from "./published_data.ts";

const PROPERTIES = { "order.placed": ["orderId", "price"] };

Deno.test("publishedData() returns the listed properties", () => {
  const data = { orderId: "1", price: { amount: "2", tags: [1, null], note: undefined }, owner: "ada" };
  assertEquals(publishedData({ type: "order.placed", schemaVersion: 1, data }, PROPERTIES), {
    orderId: "1",
    price: { amount: "2", tags: [1, null] },
  });
});

Deno.test("publishedData() throws for an unknown type and for a missing property", () => {
  for (const type of ["order.closed", "toString"]) {
    assertThrows(
      () => publishedData({ type, schemaVersion: 1, data: {} }, PROPERTIES),
      Error,
      "No properties",
    );
  }
  const data = { orderId: "1" };
  assertThrows(
    () => publishedData({ type: "order.placed", schemaVersion: 1, data }, PROPERTIES),
    Error,
    "The data of order.placed has no property price",
  );
});
