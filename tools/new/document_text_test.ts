import { assertEquals, assertThrows } from "@std/assert";
import { DocumentText } from "./document_text.ts";
import { NewError } from "./usage_error.ts";

const TEXT = `openapi: 3.1.0
paths:
  /a:
    get:
      responses: { "200": { description: A } }
      description: |-
        Several
        lines
  # Health.
  /z: { $ref: "#/b" }
info: {}
`;

Deno.test("DocumentText.insert() adds members at the end of a mapping, before another, and in missing mappings", () => {
  const document = new DocumentText("a.yaml", TEXT);
  document.insert(["paths", "/a"], 'post:\n  summary: "x"\n');
  document.insert(["paths"], "/b: 1", "/z");
  document.insert(["components", "schemas"], "B:\n  type: string");
  document.insert(["components", "schemas"], "C: {}");
  assertEquals(
    document.text,
    `openapi: 3.1.0
paths:
  /a:
    get:
      responses: { "200": { description: A } }
      description: |-
        Several
        lines
    post:
      summary: "x"
  /b: 1
  # Health.
  /z: { $ref: "#/b" }
info: {}
components:
  schemas:
    B:
      type: string
    C: {}
`,
  );
});

Deno.test("DocumentText reads members as lines and as data", () => {
  const document = new DocumentText("a.yaml", TEXT);
  assertEquals(document.source("paths", "/a", "get", "description"), "description: |-\n  Several\n  lines\n");
  assertEquals(document.source("paths", "/a", "put"), undefined);
  assertEquals(document.keys("paths"), ["/a", "/z"]);
  assertEquals(document.value("paths", "/a", "get", "responses"), { "200": { description: "A" } });
  assertEquals(document.value("openapi"), "3.1.0");
});

Deno.test("DocumentText refuses JSON and mappings in braces", () => {
  assertThrows(
    () => new DocumentText("a.json", '{"openapi":"3.1.0"}'),
    NewError,
    "a.json is not in block style",
  );
  assertThrows(() => new DocumentText("a.yaml", TEXT).insert(["info"], "a: 1"), NewError, "info in braces");
});
