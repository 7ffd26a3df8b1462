import { assertEquals, assertRejects } from "@std/assert";
import { formatWarnings, GenerationError } from "../../diagnostics/diagnostics.ts";
import { locate } from "../json_value.ts";
import { type BundledDocument, bundleDocument } from "../bundle_document.ts";

const DOCUMENT = `openapi: 3.1.0
info: { title: T, version: '1', x-old: true }
paths:
  /pets:
    get: { operationId: listPets, tags: [pets], parameters: [&limit { name: limit, in: query }, { name: old, in: query }] }
    post: { operationId: addPet, parameters: [*limit], responses: { $ref: broken.yaml } }
  /pets/{id}:
    get: { operationId: getPet, x-old: true }
`;

async function overlaid(actions: string): Promise<BundledDocument> {
  const text = `overlay: 1.0.0\ninfo: { title: Fixes, version: '1' }\nactions:\n${actions}`;
  return await bundleDocument(DOCUMENT, { file: "oapi/t.yaml", overlays: [{ file: "oapi/fix.yaml", text }] });
}

const REPAIR = "  - { target: $.paths.*.post.responses, remove: true }\n";

Deno.test("applyOverlays() merges objects, appends to lists, and removes, before references are read", async () => {
  const { document, diagnostics } = await overlaid(`${REPAIR}
  - target: $.info
    update: { title: Pets, contact: { name: Ada } }
  - target: $.paths.*.get
    update: { tags: [public], security: [] }
  - target: $.paths['/pets'].get.parameters[?@.name == 'limit']
    update: { schema: { type: integer } }
  - target: $.paths['/pets'].get.parameters
    update: { name: after, in: query }
  - target: $..[?@.name == 'old']
    remove: true
  - target: $..x-old
    remove: true
  - target: $.paths['/pets'].post
    update: { responses: { '204': { description: Added } } }
`);
  assertEquals(document["info"], { title: "Pets", version: "1", contact: { name: "Ada" } });
  assertEquals(document["paths"], {
    "/pets": {
      get: {
        operationId: "listPets",
        tags: ["pets", "public"],
        parameters: [{ name: "limit", in: "query", schema: { type: "integer" } }, {
          name: "after",
          in: "query",
        }],
        security: [],
      },
      post: {
        operationId: "addPet",
        parameters: [{ name: "limit", in: "query" }],
        responses: { "204": { description: "Added" } },
      },
    },
    "/pets/{id}": { get: { operationId: "getPet", tags: ["public"], security: [] } },
  });
  assertEquals(diagnostics.warnings, []);
});

Deno.test("applyOverlays() warns of targets that select nothing, at their lines", async () => {
  const { document, diagnostics } = await overlaid(
    `${REPAIR}  - { target: $.paths.dogs, remove: true }\n`,
  );
  assertEquals(locate(document, "/paths/~1pets/post/responses"), undefined);
  assertEquals(formatWarnings(diagnostics.warnings), [
    "warning: oapi/fix.yaml:5#/actions/1/target: The target selects nothing in the document; correct or remove the action",
  ]);
});

Deno.test("applyOverlays() rejects actions that cannot be applied", async () => {
  const cases = [
    ["{ target: '$.paths[', update: {} }", "target: Not a JSONPath (RFC 9535): unclosed bracketed selection"],
    [
      "{ target: $.info.title, update: {} }",
      "target: The target is neither an object nor a list; select the object that contains it",
    ],
    ["{ target: $.info, copy: $.paths.* }", "copy: Expected the JSONPath of one value to copy"],
    ["{ target: $.info, update: X }", "update: Expected an object to merge into the targets"],
    [
      "{ target: $.info, update: { title: {} } }",
      "update: The update of title has another form than the document; remove it there first",
    ],
    ["{ target: $, remove: true }", "target: The whole document cannot be removed"],
    ["{ target: $.info, updat: {} }", "updat: Unknown field; did you mean update?"],
  ] as const;
  for (const [action, says] of cases) {
    const error = await assertRejects(() => overlaid(`  - ${action}\n`), GenerationError);
    const [first = ""] = error.message.split("\n");
    assertEquals(first.replace("oapi/fix.yaml:4#/actions/0", "").replace(/^\//, ""), says);
  }
});

Deno.test("applyOverlays() copies, replaces texts, and removes in any order", async () => {
  const { document } = await overlaid(`${REPAIR}
  - { target: $.info.title, update: Pets, x-why: The name }
  - { target: $.info, update: { contact: {}, license: } }
  - { target: $.info, update: { contact: , license: { name: MIT } } }
  - { target: "$.paths['/pets/{id}']", copy: "$.paths['/pets']" }
  - { target: "$.paths['/pets'].get.parameters[1,0]", remove: true }
  - { target: "$.paths['/pets'].get.tags", update: [a, b] }
`);
  assertEquals(locate(document, "/info")?.value, {
    ...{ title: "Pets", version: "1", "x-old": true, contact: {}, license: { name: "MIT" } },
  });
  assertEquals(locate(document, "/paths/~1pets/get/parameters")?.value, []);
  assertEquals(locate(document, "/paths/~1pets/get/tags")?.value, ["pets", "a", "b"]);
  assertEquals(locate(document, "/paths/~1pets~1{id}/post/operationId")?.value, "addPet");
});
