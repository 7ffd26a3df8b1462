import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { memoryFolder } from "../document/sources/memory_folder.ts";
import { generateFiles } from "../generate_files.ts";
import { acceptedDocument, setMember } from "../testing/accepted_document.ts";

const GET = "/paths/~1things~1{id}/get";
const POST = "/paths/~1things/post";
const KEY = { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } };

/** Generates the server of a document with these members replaced. */
async function generate(members: Readonly<Record<string, unknown>>): Promise<{
  readonly server: string;
  readonly warnings: readonly string[];
}> {
  const document = acceptedDocument();
  for (const [at, value] of Object.entries(members)) setMember(document, { at, value });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "t.json" });
  return {
    server: files.get("server.gen.ts") ?? "",
    warnings: warnings.map(({ message }) => message),
  };
}

/** Generates a response of one media type, and returns the type of its body in one line, and its descriptor. */
async function responseOf(
  mediaType: string,
  media: unknown,
): Promise<readonly [type: string, content: string]> {
  const { server } = await generate({ [`${GET}/responses/200/content`]: { [mediaType]: media } });
  const [, type = ""] = /readonly body: ([^]*?);\n {2}\}/.exec(server) ?? [];
  const [, content = ""] = /"200": \{ content: \[\{ (.*?) \}\]/.exec(server) ?? [];
  return [
    type.replaceAll(/\s+/g, " ").replaceAll("globalThis.", ""),
    content.replace(/, validate: [\w.]+/, ", validated"),
  ];
}

const EVENT = "event?: string; id?: string; retry?: number;";
const THING = { $ref: "#/components/schemas/Thing" };
const EVENTS = 'mediaType: "text/event-stream", codec: "events"';

Deno.test("readSequence() takes the item from itemSchema, the items of a list, or the schema", async () => {
  const cases: [mediaType: string, media: unknown, type: string, content: string][] = [
    ["application/x-ndjson", { itemSchema: THING }, "AsyncIterable<Thing>", "lines"],
    ["application/jsonl", { schema: { type: "array", items: THING } }, "AsyncIterable<Thing>", "lines"],
    ["application/ndjson", { schema: THING }, "AsyncIterable<Thing>", "lines"],
    ["application/json-seq", { schema: THING }, "AsyncIterable<Thing>", "sequence"],
    ["application/geo+json-seq", {}, "AsyncIterable<unknown>", "sequence"],
    ["application/x-ndjson", { schema: { type: "string" } }, "string | runtime.BodyStream", "text"],
    [
      "text/event-stream",
      { schema: { type: "string", format: "binary" } },
      "Uint8Array | runtime.BodyStream",
      "binary",
    ],
  ];
  for (const [mediaType, media, type, codec] of cases) {
    const found = await responseOf(mediaType, media);
    assertEquals(found[0], type, mediaType);
    assertStringIncludes(found[1], `codec: "${codec}"`);
  }
});

Deno.test("eventSchema() types the data of events", async () => {
  const json = { type: "string", contentMediaType: "application/json", contentSchema: THING };
  const event = (data: unknown): unknown => ({
    type: "object",
    required: ["data"],
    properties: { data, event: { type: "string" } },
  });
  const cases: [media: unknown, type: string, content: string][] = [
    [{}, `{ ${EVENT} data: string; }`, `${EVENTS}, validated`],
    [{ schema: { type: "string" } }, `{ ${EVENT} data: string; }`, `${EVENTS}, validated`],
    [{ schema: THING }, `{ ${EVENT} data: Thing; }`, `${EVENTS}, validated, data: "json"`],
    [
      { schema: { type: "array", items: THING } },
      `{ ${EVENT} data: Thing; }`,
      `${EVENTS}, validated, data: "json"`,
    ],
    [{ itemSchema: event({ type: "string" }) }, "{ data: string; event?: string; }", `${EVENTS}, validated`],
    [{ itemSchema: event(json) }, "{ data: Thing; event?: string; }", `${EVENTS}, validated, data: "json"`],
    [{ itemSchema: event(THING) }, "{ data: Thing; event?: string; }", `${EVENTS}, validated, data: "json"`],
    [
      { itemSchema: { oneOf: [event({ type: "string" }), event(json)] } },
      "{ data: unknown; event?: string; } | { data: Thing; event?: string; }",
      `${EVENTS}, validated`,
    ],
  ];
  for (const [media, type, content] of cases) {
    const [foundType, foundContent] = await responseOf("text/event-stream", media);
    assertEquals([foundType.replace(/^AsyncIterable<(.*)>$/, "$1"), foundContent], [type, content]);
  }
});

Deno.test("readSequence() warns of schemas that are ignored", async () => {
  const cases: [at: string, mediaType: string, media: unknown, message: string][] = [
    [
      `${GET}/responses/200/content`,
      "multipart/mixed",
      { itemSchema: THING },
      "has no items that are read one by one",
    ],
    [`${POST}/requestBody/content`, "text/event-stream", { itemSchema: THING }, "Events of a request"],
    [
      `${GET}/responses/200/content`,
      "application/jsonl",
      { itemSchema: THING, schema: { type: "array", maxItems: 3 } },
      "this schema is ignored",
    ],
  ];
  for (const [at, mediaType, media, message] of cases) {
    const { warnings } = await generate({ [at]: { [mediaType]: media } });
    assertEquals(warnings.filter((warning) => warning.includes(message)).length, 1, message);
  }
});

Deno.test("readSequence() reads item schemas of other files", async () => {
  const document = acceptedDocument();
  document["openapi"] = "3.2.0";
  const content = { "text/event-stream": { itemSchema: { $ref: "parts/event.yaml" } } };
  setMember(document, { at: `${GET}/responses/200/content`, value: content });
  const { files } = await generateFiles(JSON.stringify(document), {
    file: "t.json",
    folder: memoryFolder({
      "parts/event.yaml":
        "{ type: object, required: [data], properties: { data: { type: string, contentMediaType: application/json, contentSchema: { $ref: message.yaml } } } }",
      "parts/message.yaml": "{ type: object, required: [text], properties: { text: { type: string } } }",
    }),
  });
  const server = files.get("server.gen.ts") ?? "";
  assertStringIncludes(server, "export type Message = {\n  text: string;\n};");
  assertStringIncludes(server, "data: Message;");
});

Deno.test("eventSchema() reports errors of the schemas of data where they are", async () => {
  const data = { type: "string", contentMediaType: "application/json", contentSchema: { minimun: 1 } };
  const media = { itemSchema: { type: "object", properties: { data } } };
  const error = await assertRejects(
    () => generate({ [`${GET}/responses/200/content`]: { "text/event-stream": media } }),
    Error,
  );
  assertStringIncludes(error.message, "/itemSchema/properties/data/contentSchema/minimun");
});

Deno.test("checkStreaming() rejects streams under an Idempotency-Key", async () => {
  const content = { "application/x-ndjson": { schema: THING } };
  const body = { [`${POST}/parameters`]: [KEY], [`${POST}/requestBody/content`]: content };
  const response = {
    [`${POST}/parameters`]: [KEY],
    [`${POST}/responses/200`]: { description: "It", content },
  };
  for (const [members, message] of [[body, "cannot be compared"], [response, "is not stored"]] as const) {
    const error = await assertRejects(() => generate(members), Error);
    assertStringIncludes(error.message, message);
  }
  const bytes = { "application/octet-stream": {} };
  const { server } = await generate({
    [`${POST}/parameters`]: [KEY],
    [`${POST}/responses`]: { "200": { description: "It", content: bytes } },
  });
  assertStringIncludes(server, "readonly body: globalThis.Uint8Array;");
});

Deno.test("readStream() accepts x-stream for bytes of requests, and warns elsewhere", async () => {
  const bytes = { "application/octet-stream": { "x-stream": true } };
  const { server, warnings } = await generate({ [`${POST}/requestBody/content`]: bytes });
  assertStringIncludes(server, "readonly body: globalThis.ReadableStream<globalThis.Uint8Array>");
  assertStringIncludes(server, 'codec: "binary", stream: true');
  assertEquals(warnings, []);
  const json = { "application/json": { "x-stream": true, schema: THING } };
  const other = await generate({
    [`${POST}/requestBody/content`]: json,
    [`${GET}/responses/200/content`]: bytes,
  });
  assertEquals(other.warnings.length, 2);
  const wrong = { "application/octet-stream": { "x-stream": "yes" } };
  await assertRejects(
    () => generate({ [`${POST}/requestBody/content`]: wrong }),
    Error,
    "Expected true or false",
  );
});
