import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { conform, type Conformance } from "./conform.ts";
import { type NotesOptions, serveNotes } from "./testing/notes_service.ts";

const DOCUMENT = `${import.meta.dirname}/testing/notes_api.yaml`;

/** Durations of histories, of which the first is nearly always enough: a busy machine does little in a second. */
const SECONDS = [1, 4, 16, 64];

/** Returns the expected outcome on a service with defects, or the last one, and the items that are left there. */
async function recordNotes(
  isExpected: (outcome: Conformance) => boolean,
  defects: NotesOptions = {},
): Promise<Conformance & { readonly left: readonly unknown[] }> {
  await using server = serveNotes(defects);
  const url = `http://127.0.0.1:${server.addr.port}`;
  const rows = { document: DOCUMENT, fields: [], only: undefined, isFull: false, url };
  let outcome: Conformance = { report: "", isPassed: false };
  for (const seconds of SECONDS) {
    outcome = await conform({ ...rows, history: { seconds, seed: 1 } });
    if (isExpected(outcome)) break;
  }
  const left: readonly unknown[] = await (await fetch(`${url}/api/notes`)).json();
  return { ...outcome, left };
}

Deno.test("conformHistory() finds a foreign service consistent, and removes what it created", async () => {
  const { report, isPassed, left } = await recordNotes((outcome) => outcome.isPassed);
  assertMatch(
    report,
    /^\d+ operations on \/api\/notes \(seed 1\): \d+ ok, \d+ refused, 0 unknown; 0 violations\n$/,
  );
  assert(isPassed);
  assertEquals(left, []);
});

Deno.test("conformHistory() reports lost updates of a service that ignores If-Match", async () => {
  const lost = "linearizable: no order of these operations explains their results; before them /api/notes/";
  const { report, isPassed } = await recordNotes(({ report }) => report.includes(lost), {
    ignoresConditions: true,
  });
  assertEquals(isPassed, false);
  assertStringIncludes(report, lost);
});

Deno.test("conformHistory() fails where nothing was read and written", async () => {
  const responses: readonly (() => Response)[] = [
    (): Response => new Response(null, { status: 307, headers: { Location: "/elsewhere" } }),
    (): Response => new Response("\xff\x00"),
    (): Response => Response.json({ noteId: 1 }),
  ];
  for (const respond of responses) {
    const options = { hostname: "127.0.0.1", port: 0, onListen(): void {} };
    await using server = Deno.serve(options, respond);
    const url = `http://127.0.0.1:${server.addr.port}`;
    const rows = { document: DOCUMENT, fields: [], only: undefined, isFull: false, url };
    const { report, isPassed } = await conform({ ...rows, history: { seconds: 1, seed: 1 } });
    assertEquals(isPassed, false);
    assertStringIncludes(report, "Nothing was proven: fewer than 3 reads or 3 writes of items succeeded");
  }
});

Deno.test("conformHistory() refuses documents without a collection that it can use", async () => {
  await using server = serveNotes();
  const url = `http://127.0.0.1:${server.addr.port}`;
  const document = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(document, '{"openapi":"3.1.0","info":{"title":"Empty","version":"1"},"paths":{}}');
  try {
    const options = { document, fields: [], only: undefined, isFull: false, url };
    await assertRejects(
      () => conform({ ...options, history: { seconds: 1, seed: 1 } }),
      TypeError,
      "No document has a collection whose items are created, read and replaced with If-Match",
    );
  } finally {
    await Deno.remove(document);
  }
});
