import { assertEquals, assertThrows } from "@std/assert";
import { NewError } from "../usage_error.ts";
import { operationIdOf, parseOperationLine, verbOf } from "./operation_line.ts";

Deno.test("operationIdOf() names operations by their verb, or their method, and their nouns", () => {
  const ids: Readonly<Record<string, string>> = {
    "POST /v1/orders/{id}:cancel": "cancelOrder",
    "POST /orders/{orderId}/mark-paid": "markPaidOrder",
    "POST /v1/purchase-orders/{id}/process": "processPurchaseOrder",
    "POST /v1/orders:import": "importOrders",
    "POST /v1/orders/{id}/items": "createOrderItem",
    "GET /v1/orders/{id}/items": "getOrderItems",
    "GET /v1/orders/{id}/items/{itemId}": "getOrderItem",
    "get /v1/orders/count": "getOrdersCount",
    "DELETE /v1/orders/{id}/invoice": "deleteOrderInvoice",
    "GET /stays/{stay_id}/notes/_all": "getStayNotesAll",
  };
  for (const [line, id] of Object.entries(ids)) {
    assertEquals(operationIdOf(parseOperationLine(line)), id, line);
  }
  assertEquals(verbOf("/v1/orders/{id}/items"), undefined);
  assertEquals(verbOf("/v1/orders/{id}/items/{itemId}:void"), "void");
});

Deno.test("parseOperationLine() reports the form of methods and paths", () => {
  const invalid: Readonly<Record<string, string>> = {
    "/v1/orders": "expected '<METHOD> <path>'",
    "POST /v1/orders now": "expected '<METHOD> <path>'",
    "FETCH /v1/orders": "expected one of the methods GET, POST",
    "HEAD /v1/orders": "every GET serves HEAD too",
    "POST v1/orders": "a path has",
    "POST /v1/orders/": "a path has",
    "POST /v1/../etc": '".." is not valid',
    "POST /v1/{__proto__}": "is not valid",
    "POST /v1/orders/{id}`${x}`": "is not valid",
    "POST /v1/orders?x": "is not valid",
    [`GET /${"a/".repeat(110)}a`]: "at most 200",
  };
  for (const [line, message] of Object.entries(invalid)) {
    assertThrows(() => parseOperationLine(line), NewError, message, line);
  }
});
