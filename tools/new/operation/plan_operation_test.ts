import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { DocumentText } from "../document_text.ts";
import { NewError } from "../usage_error.ts";
import { addOperation } from "./operation_document.ts";
import { parseOperation } from "./operation_arguments.ts";
import { type PlannedOperation, planOperation } from "./plan_operation.ts";

const COMMONS = `x-operation-defaults:
  reads:
    parameters: [IfNoneMatch]
    headers: { ETag: ETag }
components:
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: string, format: uuid } }
    IfNoneMatch: { name: If-None-Match, in: header, schema: { type: string } }
    IfMatch: { name: If-Match, in: header, required: true, schema: { type: string } }
`;
const DEFAULTS = `x-operation-defaults: { $ref: "common.yaml#/x-operation-defaults" }
`;
const TEXT = `openapi: 3.1.0
paths:
  /v1/orders:
    get:
      operationId: listOrders
      tags: [orders]
      security: [{ bearerAuth: [orders:read] }]
      responses:
        "200": { description: The orders }
  /v1/orders/{id}:
    parameters:
      - $ref: "common.yaml#/components/parameters/Id"
    put:
      operationId: replaceOrder
      tags: [orders]
      security: [{ bearerAuth: [orders:write] }]
      parameters:
        - $ref: "common.yaml#/components/parameters/IfMatch"
      responses:
        "200": { description: The order }
        "409": { description: Conflict }
  /healthz: { $ref: "common.yaml#/components/pathItems/Health" }
`;

function plan(
  line: string,
  { version = "3.1.0", hasDefaults = false, ...options }: Parameters<typeof parseOperation>[1] & {
    readonly version?: string;
    readonly hasDefaults?: boolean;
  } = {},
): { readonly operation: PlannedOperation; readonly text: string } {
  const text = TEXT.replace("3.1.0", version) + (hasDefaults ? DEFAULTS : "");
  const document = new DocumentText("oapi/orders.yaml", text);
  const commons = new DocumentText("oapi/common.yaml", COMMONS);
  const operation = planOperation(parseOperation([line], options), { document, commons });
  addOperation(document, operation);
  return { operation, text: document.text };
}

Deno.test("planOperation() derives an operation on one resource from those beside it", () => {
  const { operation: { id, summary, action, response, sibling }, text } = plan(
    "POST /v1/orders/{orderId}:cancel",
    { body: ["reason:text(9)?"], scope: "orders:cancel" },
  );
  assertEquals([id, summary, action, response, sibling.id], [
    "cancelOrder",
    "Cancel an order",
    { verb: "cancel", path: "/v1/orders/{id}" },
    "resource",
    "replaceOrder",
  ]);
  assertStringIncludes(
    text,
    `  /v1/orders/{id}:cancel:
    parameters:
      - $ref: "common.yaml#/components/parameters/Id"
    post:
      operationId: cancelOrder
      summary: Cancel an order
      tags: [orders]
      security: [{ bearerAuth: ["orders:cancel"] }]
      parameters:
        - $ref: "common.yaml#/components/parameters/IfMatch"
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/CancelOrder" } } }
      responses:
        "200": { description: The order }
        "409": { description: Conflict }
  /healthz`,
  );
});

Deno.test("addOperation() writes optional properties as the version of the document has them", () => {
  const options = { body: ["reason:text?"] };
  const newer = plan("POST /v1/orders/{id}:cancel", options).text;
  assertStringIncludes(newer, '      type: [string, "null"]\n');
  const older = plan("POST /v1/orders/{id}:cancel", { ...options, version: "3.0.3" }).text;
  assertStringIncludes(older, "      type: string\n      nullable: true\n");
});

Deno.test("planOperation() adds an operation to a path that exists", () => {
  const { text } = plan("DELETE /v1/orders/{id}");
  assertStringIncludes(
    text,
    `        "409": { description: Conflict }
    delete:
      operationId: deleteOrder
      summary: Delete order
      tags: [orders]
      security: [{ bearerAuth: [orders:write] }]
      responses:
        "204": { description: "Delete order: done" }
        "409": { description: Conflict }
  /healthz`,
  );
});

Deno.test("planOperation() excludes the defaults of versions from a GET of something else than a resource", () => {
  const options = { response: ["total:integer"] };
  const excluded = "x-operation-defaults: { except: [ETag, If-None-Match] }\n";
  assertStringIncludes(plan("GET /v1/orders/count", { ...options, hasDefaults: true }).text, excluded);
  assertFalse(plan("GET /v1/orders/count", options).text.includes("except"));
  assertFalse(plan("POST /v1/orders/{id}:cancel", { hasDefaults: true }).text.includes("except"));
});

Deno.test("planOperation() refuses what exists and what it does not know", () => {
  const refused: readonly (readonly [string, Parameters<typeof plan>[1], string])[] = [
    ["PUT /v1/orders/{orderId}", {}, "has PUT /v1/orders/{id} already (operationId replaceOrder)"],
    ["POST /v1/orders/{id}/replace", {}, "has an operation replaceOrder already"],
    ["POST /orders/{id}/cancel", {}, "Unknown path parameter {id} in /orders/{id}/cancel"],
    ["GET /v1/orders/{id}/items/{itemId}", {}, "add --parameter itemId:<type>"],
    ["GET /v1/orders/count", {}, "A GET needs --response"],
    ["POST /v1/orders", { response: ["resource"] }, "--response resource is for an operation below"],
  ];
  for (const [line, options, message] of refused) {
    assertThrows(() => plan(line, options), NewError, message, line);
  }
});
