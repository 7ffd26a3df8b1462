import { assertEquals, assertThrows } from "@std/assert";
import { parse } from "yaml";
import { DiagnosticList } from "../oapi_codegen/diagnostics/diagnostics.ts";
import { applyOverlays } from "../oapi_codegen/document/overlays/apply_overlays.ts";
import { OverlaidDocument } from "./overlaid_document.ts";
import { NewError } from "./usage_error.ts";

const DOCUMENT = JSON.stringify({ openapi: "3.1.0", paths: { "/gnu's": { get: { operationId: "list" } } } });
const OVERLAY = `overlay: 1.0.0
info: { title: Names, version: "1" }
actions:
    # Of the team.
    - target: $.paths["/gnu's"].get
      update: { summary: List }
`;

Deno.test("OverlaidDocument adds to an overlay what is added to a document with it", () => {
  const overlay = { file: "oapi/gnus.overlay.yaml", text: OVERLAY };
  const document = new OverlaidDocument("oapi/gnus/gnus.json", { text: DOCUMENT, overlays: [overlay] });
  assertEquals(document.value("paths", "/gnu's", "get", "summary"), "List");
  document.insert(["paths", "/gnu's"], "put:\n  operationId: replace\n");
  document.insert(["paths"], "/gnus/count:\n  get: {}", "/gnu's");
  document.insert(["components", "schemas"], "One: {}");
  document.insert(["components", "schemas"], "Two: {}\n");
  document.insert(["components", "schemas"], "Three: {}");
  const text = document.overlayWith("More", { path: overlay.file, text: OVERLAY });
  assertEquals(
    text,
    `${OVERLAY}    - target: "$.paths['/gnu\\\\'s']"
      description: "More"
      update:
        put:
          operationId: replace
    - target: "$.paths"
      description: "More"
      update:
        /gnus/count:
          get: {}
    - target: "$"
      description: "More"
      update:
        components:
          schemas:
            One: {}
    - target: "$.components.schemas"
      description: "More"
      update:
        Two: {}
        Three: {}
`,
  );
  const diagnostics = new DiagnosticList(overlay.file);
  const overlays = [{ file: overlay.file, text }];
  assertEquals(applyOverlays(JSON.parse(DOCUMENT), { overlays, diagnostics }), parse(document.text));
  diagnostics.throwIfAny();
});

Deno.test("OverlaidDocument writes a first overlay, and refuses lists in brackets and invalid documents", () => {
  const document = new OverlaidDocument("oapi/a/a.yaml", { text: DOCUMENT, overlays: [] });
  document.insert(["paths"], "/b: {}");
  assertEquals(parse(document.overlayWith("GET /b", { path: "oapi/a.overlay.yaml", text: undefined })), {
    overlay: "1.0.0",
    info: { title: "Additions", version: "1" },
    actions: [{ target: "$.paths", description: "GET /b", update: { "/b": {} } }],
  });
  const inBrackets = { path: "oapi/a.overlay.yaml", text: "overlay: 1.0.0\nactions: [{ target: $ }]\n" };
  assertThrows(() => document.overlayWith("GET /b", inBrackets), NewError, "has no list of actions");
  assertThrows(
    () => new OverlaidDocument("oapi/a/a.yaml", { text: "a: [", overlays: [] }),
    NewError,
    "oapi/a/a.yaml cannot be read",
  );
});
