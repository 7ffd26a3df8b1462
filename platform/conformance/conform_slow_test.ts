import { assert, assertEquals, assertGreater, assertRejects, assertStringIncludes } from "@std/assert";
import { conform, type Conformance } from "./conform.ts";
import { type NotesOptions, serveNotes } from "./testing/notes_service.ts";

const DOCUMENT = `${import.meta.dirname}/testing/notes_api.yaml`;
const OPTIONS = { document: DOCUMENT, fields: [], only: undefined, isFull: false };

async function conformNotes(defects: NotesOptions = {}, only = ""): Promise<Conformance> {
  await using server = serveNotes(defects);
  const fields = defects.token === undefined ? [] : [["Authorization", `Bearer ${defects.token}`] as const];
  return await conform({ ...OPTIONS, fields, only, url: `http://127.0.0.1:${server.addr.port}` });
}

Deno.test("conform() finds nothing wrong with a foreign service that does what its document says", async () => {
  const { report, isPassed } = await conformNotes();
  const [, sent] = /^([0-9]+) requests sent, \1 passed, 0 failed\n$/.exec(report) ?? [];
  assert(isPassed, report);
  assertGreater(Number(sent), 500);
});

Deno.test("conform() reports each defect of a foreign service, with what was sent, expected and received", async () => {
  const report = [
    await conformNotes({
      failsOnJson: true,
      hidesMethods: true,
      keepsEtag: true,
      hasNoMaximum: true,
      showsStack: true,
    }),
    await conformNotes({ ignoresConditions: true }, "conditions: "),
  ].map(({ report, isPassed }) => `${isPassed}\n${report}`).join("");
  const lines: Readonly<Record<string, RegExp>> = {
    "a 500 for malformed JSON":
      /^POST \/api\/notes \| sent ".*" \| expected 400 \(RFC 9110, section 15\.5\.1\) \| received 500: /m,
    "a 404 for methods that are not declared":
      /^PATCH \/api\/notes \| .* \| expected 405 \(RFC 9110, section 15\.5\.6\) \| received 404: /m,
    "an ETag that does not change":
      /^GET \/api\/notes\/\{noteId\} \| .*before a change.* \| expected 200 \(RFC 9110, section 8\.8\.1\) \| received 304: /m,
    "a page without a maximum":
      /^GET \/api\/notes\?limit=51 \| .* \| expected 400 \(RFC 9110, section 15\.5\.1\) \| received 200: /m,
    "errors with a stack": / \| received 400: shows a stack; shows a source file/,
    "If-None-Match that is ignored":
      /If-None-Match: \{etag\}" \| expected 304 \(RFC 9110, section 13\.1\.2\) \| received 200: /,
    "If-Match that is ignored":
      /^PUT .*If-Match: .*" \| expected 412 \(RFC 9110, section 13\.1\.1\) \| received 200: /m,
  };
  const unreported = Object.entries(lines).filter(([, line]) => !line.test(report)).map(([name]) => name);
  assertEquals([unreported, report.match(/^(?:true|false)$/gm)], [[], ["false", "false"]]);
});

Deno.test("conform() reports a service that takes any token, where the document declares security", async () => {
  assert((await conformNotes({ token: "secret" }, "security: ")).isPassed);
  const { report } = await conformNotes({ token: "secret", takesAnyToken: true }, "security: ");
  assertStringIncludes(
    report,
    'Bearer {marker}" | expected 400 or 401 (RFC 9110, section 15.5.2) | received 200: ',
  );
});

Deno.test("conform() says which program or document it cannot read, and that no test is selected", async () => {
  await using server = serveNotes();
  const url = `http://127.0.0.1:${server.addr.port}`;
  const attempts = [
    [{ ...OPTIONS, url: "http://127.0.0.1:1" }, "No response from http://127.0.0.1:1"],
    [{ ...OPTIONS, url, document: "missing.yaml" }, "The document missing.yaml cannot be read"],
    [{ ...OPTIONS, url, document: undefined }, "does not serve its documents: use --document"],
    [{ ...OPTIONS, url, only: "qzqz" }, 'No test matches --only "qzqz"'],
    [{ ...OPTIONS, url, document: "deno.json" }, "deno.json is not an OpenAPI 3 document"],
  ] as const;
  for (const [options, message] of attempts) {
    const error = await assertRejects(() => conform(options), TypeError);
    assertStringIncludes(error.message, message);
  }
});
