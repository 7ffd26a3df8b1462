import { assertEquals, assertStringIncludes } from "@std/assert";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { readDeprecation } from "./deprecation.ts";
import { generateFiles } from "../generate_files.ts";
import type { JsonObject } from "../document/json_value.ts";
import { acceptedDocument, setMember } from "../testing/accepted_document.ts";

function read(value: JsonObject): { readonly headers: unknown; readonly warnings: readonly string[] } {
  const diagnostics = new DiagnosticList("a.yaml");
  const headers = readDeprecation({ value, pointer: "" }, diagnostics);
  return { headers, warnings: diagnostics.warnings.map(({ at, message }) => `${at} ${message}`) };
}

Deno.test("readDeprecation() returns the headers of the end of an operation", () => {
  assertEquals(read({}), { headers: undefined, warnings: [] });
  assertEquals(
    read({
      deprecated: true,
      "x-deprecated-since": "2026-01-31",
      "x-sunset": "2026-06-30T12:00:00+02:00",
      "x-deprecation-link": "https://example.com/notes",
    }),
    {
      headers: [
        ["Deprecation", "@1769817600"],
        ["Sunset", "Tue, 30 Jun 2026 10:00:00 GMT"],
        ["Link", '<https://example.com/notes>; rel="deprecation"'],
      ],
      warnings: [],
    },
  );
  assertEquals(read({ "x-sunset": "2026-06-30" }).headers, [["Sunset", "Tue, 30 Jun 2026 00:00:00 GMT"]]);
});

Deno.test("readDeprecation() warns of missing and invalid dates, and does without", () => {
  assertEquals(read({ deprecated: true, "x-sunset": { on: "demand" }, "x-deprecation-link": "a b\n" }), {
    headers: [["Deprecation", "@0"]],
    warnings: [
      "/x-sunset Expected a date such as 2026-01-31; the header Sunset does not have it",
      "/deprecated Without x-deprecated-since, such as 2026-01-31, the header Deprecation says: since 1970",
      "/x-deprecation-link Expected a URL; the header Link does not have it",
    ],
  });
  assertEquals(read({ deprecated: true, "x-deprecated-since": "2026-13-01" }).headers, [[
    "Deprecation",
    "@0",
  ]]);
});

Deno.test("generateFiles() describes the deprecation of an operation, and no other", async () => {
  const document = acceptedDocument();
  setMember(document, { at: "/paths/~1things/post/deprecated", value: true });
  setMember(document, { at: "/paths/~1things/post/x-deprecated-since", value: "2026-01-31" });
  const { files } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  const server = files.get("server.gen.ts") ?? "";
  assertStringIncludes(server, 'deprecation: [["Deprecation", "@1769817600"]],');
  assertEquals(server.split("deprecation: [").length, 2);
});
