import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { join, resolve } from "node:path";
import type { Operation, Route, Shape, Validator } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi, withResponseValidation } from "@archway/server/server_options.ts";
import { diskFolder } from "./document/sources/document_folder.ts";
import { generateFiles } from "./generate_files.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");
const FIXTURES = [
  "charges",
  "feeds",
  "issues",
  "loans",
  "media",
  "parcels",
  "petstore",
  "shapes",
  "styles",
  "webhooks",
] as const;

/** Handler that must not compile: an expression for the body of a function that returns `type`. */
interface WrongHandler {
  readonly name: string;
  readonly fixture: (typeof FIXTURES)[number];
  readonly code: string;
}

const ISSUE = '{ number: 1, title: "T", state: "open", user: null, closed_at: null }';
const WRONG_HANDLERS: readonly WrongHandler[] = [
  {
    name: "an undeclared status",
    fixture: "issues",
    code: "export const a = (): api.GetIssueResponse => ({ status: 418 });",
  },
  {
    name: "a status that only a range covers",
    fixture: "petstore",
    code: "export const a = (): api.UpdatePetResponse => ({ status: 422 });",
  },
  {
    name: "an undeclared header",
    fixture: "issues",
    code:
      `export const a = (): api.CreateIssueResponse => ({ status: 201, headers: { Location: "/", "X-Not": "1" }, body: ${ISSUE} });`,
  },
  {
    name: "a header brought in by a variable",
    fixture: "issues",
    code:
      'const response = { status: 404, headers: { "X-Not": "1" }, body: {} } as const;\nexport const a = (): api.GetIssueResponse => response;',
  },
  {
    name: "a required header left out",
    fixture: "issues",
    code: `export const a = (): api.CreateIssueResponse => ({ status: 201, body: ${ISSUE} });`,
  },
  {
    name: "a header of another type",
    fixture: "issues",
    code:
      'export const a = (): api.ListIssuesResponse => ({ status: 200, headers: { "X-Total": "1" }, contentType: "text/csv", body: "" });',
  },
  {
    name: "a body where there is none",
    fixture: "issues",
    code: "export const a = (): api.ListIssuesResponse => ({ status: 304, body: [] });",
  },
  {
    name: "a body left out",
    fixture: "issues",
    code: "export const a = (): api.GetIssueResponse => ({ status: 200 });",
  },
  {
    name: "a body with a member too few",
    fixture: "issues",
    code: "export const a = (): api.GetIssueResponse => ({ status: 200, body: { number: 1 } });",
  },
  {
    name: "a body with a member too many",
    fixture: "issues",
    code: `export const a = (): api.GetIssueResponse => ({ status: 200, body: { ...${ISSUE}, extra: 1 } });`,
  },
  {
    name: "no media type where there are several",
    fixture: "issues",
    code: 'export const a = (): api.CreateIssueResponse => ({ status: 410, body: "Gone" });',
  },
  {
    name: "the body of another media type",
    fixture: "issues",
    code:
      'export const a = (): api.CreateIssueResponse => ({ status: 410, contentType: "text/plain", body: {} });',
  },
  {
    name: "an undeclared media type",
    fixture: "styles",
    code:
      'export const a = (): api.PutTextResponse => ({ status: 200, contentType: "text/html", body: "" });',
  },
  {
    name: "a method left out",
    fixture: "issues",
    code:
      "export class A implements Partial<api.StrictServerInterface> {}\nexport const a: api.StrictServerInterface = new A();",
  },
  {
    name: "a parameter that is undeclared",
    fixture: "issues",
    code: "export const a = ({ query }: api.ListIssuesRequest): unknown => query.stat;",
  },
  {
    name: "an optional parameter taken for granted",
    fixture: "issues",
    code: "export const a = ({ query }: api.ListIssuesRequest): string => query.since;",
  },
  {
    name: "an optional body taken for granted",
    fixture: "styles",
    code: "export const a = ({ body }: api.PatchTreeRequest): unknown => body.kind;",
  },
  {
    name: "a header of the operation defaults left out",
    fixture: "loans",
    code: 'export const a = (): api.GetLoanResponse => ({ status: 200, body: { title: "Emma" } });',
  },
  {
    name: "a status that the operation defaults would have",
    fixture: "loans",
    code: 'export const a = (): api.PutLoanResponse => ({ status: 404, body: { title: "Lost" } });',
  },
  {
    name: "a nullable value taken for an object",
    fixture: "shapes",
    code: "export const a = (base: api.Base): unknown => base.name;",
  },
  {
    name: "a property that the default of a branch does not set",
    fixture: "shapes",
    code: "export const a = (body: api.PostPriceResponse['body']): number => body === null ? 0 : body.width;",
  },
  {
    name: "a body that is never valid",
    fixture: "shapes",
    code: "export const a = (): api.PostAnyResponse => ({ status: 404, body: {} });",
  },
  {
    name: "an event without its data",
    fixture: "feeds",
    code:
      'export const a = (): api.WatchMessagesResponse => ({ status: 200, body: ReadableStream.from([{ id: "1" }]) });',
  },
  {
    name: "an event whose data is not of its type",
    fixture: "feeds",
    code:
      'export const a = (): api.WatchRoomResponse => ({ status: 200, body: ReadableStream.from([{ event: "message", data: { txt: "" } } as const]) });',
  },
  {
    name: "an item of another type",
    fixture: "feeds",
    code:
      'export const a = (): api.ExportRowsResponse => ({ status: 200, contentType: "application/json-seq", body: ReadableStream.from([{ id: "1" }]) });',
  },
  {
    name: "items that are no iterable",
    fixture: "feeds",
    code:
      'export const a = (): api.ExportRowsResponse => ({ status: 200, contentType: "application/json-seq", body: [{ id: 1 }] });',
  },
  {
    name: "a stream of texts in place of bytes",
    fixture: "feeds",
    code: 'export const a = (): api.ReadLogResponse => ({ status: 200, body: ReadableStream.from(["a"]) });',
  },
  {
    name: "a body that is a stream read as bytes",
    fixture: "feeds",
    code:
      'export const a = (r: api.ImportRowsRequest): unknown => r.contentType === "application/octet-stream" ? r.body.length : 0;',
  },
  {
    name: "a media type outside the range",
    fixture: "media",
    code:
      'export const a = (): api.ImageResponse => ({ status: 200, contentType: "text/plain", body: new Uint8Array() });',
  },
  {
    name: "a header of another scalar type",
    fixture: "media",
    code: 'export const a = (): api.HeadersResponse => ({ status: 204, headers: { "X-Flag": "true" } });',
  },
  {
    name: "text of a file in a form",
    fixture: "media",
    code: "export const a = ({ body }: api.UploadRequest): string => body.photo;",
  },
  {
    name: "a body read without asking for its media type",
    fixture: "charges",
    code: "export const a = ({ body }: api.PostChargesRequest): unknown => body.source;",
  },
];

/** Value and its errors, as pointer and keyword in the validator's order. */
type Judged = readonly [
  fixture: (typeof FIXTURES)[number],
  validator: string,
  value: unknown,
  errors: readonly string[],
];

const none = { path: {}, query: {}, headers: {}, cookies: {} };
const JUDGED: readonly Judged[] = [
  ["petstore", "addPetBodyApplicationJson", { name: "a", photoUrls: [] }, []],
  ["petstore", "addPetBodyApplicationJson", { photoUrls: "a", status: "lost" }, [
    " required",
    "/photoUrls type",
    "/status enum",
  ]],
  ["petstore", "getPetByIdParameters", { ...none, path: { petId: 3 } }, []],
  ["petstore", "getPetByIdParameters", { ...none, path: { petId: "three" } }, ["/path/petId type"]],
  ["petstore", "getPetByIdParameters", {
    ...none,
    path: { petId: 3 },
    query: { verbose: "" },
    headers: { any: "" },
  }, ["/query additionalProperties"]],
  ["petstore", "findPetsByStatusParameters", { ...none, query: { tags: ["a", "b", "c", "d"] } }, [
    "/query/tags maxItems",
  ]],
  ["petstore", "uploadFileParameters", none, ["/path required"]],
  [
    "issues",
    "createIssueBodyApplicationJson",
    { title: 3, milestone: null, labels: ["a", { name: "b" }] },
    [],
  ],
  ["issues", "createIssueBodyApplicationJson", { title: true }, [
    "/title type",
    "/title type",
    "/title oneOf",
  ]],
  ["issues", "createIssueBodyApplicationJson", JSON.parse('{"title":"a","__proto__":{}}'), [
    " additionalProperties",
  ]],
  ["issues", "createIssueBodyApplicationJson", JSON.parse('{"title":"a","constructor":1}'), [
    " additionalProperties",
  ]],
  ["issues", "createIssueBodyApplicationJson", { title: "a", assignees: [{ valueOf: 1 }, { valueOf: 1 }] }, [
    "/assignees uniqueItems",
  ]],
  [
    "issues",
    "createIssueBodyApplicationJson",
    { title: "a", assignees: [{ valueOf: 1 }, { toString: 1 }] },
    [],
  ],
  ["issues", "getIssueParameters", { ...none, path: { owner: "a", repo: "a b", issue_number: 0 } }, [
    "/path/repo pattern",
    "/path/issue_number minimum",
  ]],
  ["issues", "getIssueResponse200ApplicationJson", {
    number: 1,
    title: "a",
    state: "open",
    user: { login: "b" },
    closed_at: "2020-02-30T00:00:00Z",
  }, ["/closed_at format"]],
  ["issues", "listCommentsResponse200ApplicationJson", [{ replies: [{ replies: [{}] }] }], [
    "/0/replies/0/replies/0 required",
  ]],
  ["charges", "postChargesBodyApplicationXWwwFormUrlencoded", { amount: 1, currency: "eur" }, []],
  ["charges", "postChargesBodyApplicationXWwwFormUrlencoded", {
    amount: 0,
    currency: "EUR",
    receipt_email: "a@b.example",
  }, [" dependentRequired", "/amount exclusiveMinimum", "/currency pattern"]],
  ["charges", "postChargesBodyApplicationJson", {
    amount: 1,
    source: { object: "card", number: "4" },
    metadata: { a: "1", b: "2", c: "3" },
  }, ["/metadata maxProperties"]],
  ["charges", "postChargesBodyApplicationJson", {
    amount: 1,
    source: { object: "bank_account", number: "4" },
  }, ["/source required", "/source additionalProperties"]],
  ["charges", "postChargesBodyApplicationJson", { amount: 1, source: { object: "cash" } }, [
    "/source discriminator",
  ]],
  ["charges", "getChargesParameters", { ...none, query: { created: { gt: 1, ge: 2 }, expand: { a: "b" } } }, [
    "/query/created additionalProperties",
  ]],
  ["charges", "searchChargesParameters", { ...none, query: { filter: { statuses: [1] } } }, [
    "/query/filter/statuses/0 type",
  ]],
  ["loans", "putLoanParameters", { ...none, path: { id: 1 }, headers: { "If-Match": "1" } }, [
    "/headers/If-Match pattern",
  ]],
  ["loans", "putLoanBodyApplicationJson", { title: "", problem: { title: "a", causes: [{}] } }, [
    "/problem/causes/0 required",
    "/title minLength",
  ]],
  ["loans", "getLoanResponse404ApplicationJson", { title: 1 }, ["/title type"]],
  ["parcels", "putParcelBodyApplicationJson", {
    id: "1",
    to: {},
    secret: "s",
    contents: [{ id: 1, to: { street: "" } }],
  }, ["/contents/0 required", "/contents/0/id type", "/to required"]],
  ["parcels", "putParcelBodyApplicationJson", { id: "1", to: { street: "" }, weight: 0 }, [
    " required",
    "/weight exclusiveMinimum",
  ]],
  ["parcels", "listParcelsResponse200ApplicationJson", [{ id: "1", to: { street: "" } }], ["/0 required"]],
  ["parcels", "listParcelsResponse200ApplicationJson", [{ id: "1", to: { street: "" }, sent: true }], []],
  ["shapes", "postAnyBodyApplicationJson", { any: ["value"] }, []],
  ["shapes", "postAnyResponse200ApplicationJson", [{ a: [null, 1] }], []],
  ["shapes", "postAnyResponse404ApplicationJson", null, [" false schema"]],
  ["shapes", "getPartsParameters", { ...none, query: { at: "1985-04-12T23:20:50+01:00", size: 2 } }, []],
  ["shapes", "getPartsParameters", { ...none, query: { at: "2024-02-29t00:00:00.123456z" } }, []],
  ["shapes", "getPartsParameters", { ...none, query: { at: "1985-04-12T23:20:50+01", size: 0 } }, [
    "/query/at format",
    "/query/size minimum",
  ]],
  ["shapes", "getPartsParameters", { ...none, query: { at: "1998-12-31T23:59:60Z" } }, ["/query/at format"]],
  ["shapes", "getPartsParameters", { ...none, query: { at: "2023-02-29T00:00:00Z" } }, ["/query/at format"]],
  ["shapes", "getPartsResponse200ApplicationJson", {
    ...{ item: { a: 1 }, either: {}, all: { age: "1" }, body: { next: 1 }, path: [[]] },
    ...{ anchored: 1, identified: "1" },
  }, [
    "/item/a type",
    "/either required",
    "/all/age type",
    "/body/next type",
    "/anchored type",
    "/identified format",
  ]],
  ["shapes", "postChildBodyApplicationJson", { age: 1 }, [" required"]],
  ["shapes", "postPriceBodyApplicationJson", 0.07, []],
  ["shapes", "postPriceBodyApplicationJson", 4.35, []],
  ["shapes", "postPriceBodyApplicationJson", 19.99, []],
  ["shapes", "postPriceBodyApplicationJson", 19.991, [" multipleOf"]],
  ["shapes", "postPriceResponse200ApplicationJson", {}, []],
  ["shapes", "postConditionBodyApplicationJson", { kind: "plain" }, []],
  ["shapes", "postConditionBodyApplicationJson", { size: "1" }, []],
  ["shapes", "postConditionBodyApplicationJson", { kind: "other", size: "1" }, [
    " unevaluatedProperties",
  ]],
  ["shapes", "postPetBodyApplicationJson", { kind: "cat", lives: 7 }, []],
  ["shapes", "postPetBodyApplicationJson", null, []],
  // A discriminator is an annotation: what matches by its properties is valid.
  ["shapes", "postPetBodyApplicationJson", { kind: "lion", lives: 7 }, []],
  ["shapes", "postPetBodyApplicationJson", { kind: "hound", name: 1 }, ["/name type"]],
  ["shapes", "postPetBodyApplicationJson", { kind: "cat" }, [" required"]],
  ["shapes", "postPetBodyApplicationJson", { kind: "lion" }, [" discriminator"]],
  ["shapes", "postPetBodyApplicationJson", { kind: "cat", lives: 1, name: "a" }, [" discriminator"]],
  ["shapes", "postEventBodyApplicationJson", { type: "memo", text: "a" }, []],
  ["shapes", "postEventBodyApplicationJson", { type: "tick", text: 1 }, [" required"]],
  ["shapes", "postEventBodyApplicationJson", { type: "other" }, [" discriminator"]],
  ["shapes", "postEventBodyApplicationJson", [], [" discriminator"]],
  ["shapes", "postTupleBodyApplicationJson", ["a", 1, {}], []],
  ["shapes", "postTupleBodyApplicationJson", ["a", "b"], ["/1 type"]],
  ["shapes", "postTupleBodyApplicationJson", [], [" minItems"]],
  ["feeds", "watchTextsResponse200TextEventStream", { data: "a", id: "1" }, []],
  ["feeds", "watchTextsResponse200TextEventStream", { data: {}, ID: "1" }, [
    " additionalProperties",
    "/data type",
  ]],
  ["feeds", "watchRoomResponse200TextEventStream", { event: "joined", data: "Ada" }, []],
  ["feeds", "watchRoomResponse200TextEventStream", { event: "message", data: { text: "a" } }, []],
  ["feeds", "watchRoomResponse200TextEventStream", { event: "message", data: { text: 1 } }, [
    " oneOf",
    "/data/text type",
    "/event const",
  ]],
  ["feeds", "watchMessagesResponse200TextEventStream", { data: { text: "a" } }, []],
  ["feeds", "watchMessagesResponse200TextEventStream", { data: { text: "a", more: 1 } }, [
    "/data additionalProperties",
  ]],
  ["feeds", "exportRowsResponse200ApplicationXNdjson", { id: 1 }, []],
  ["feeds", "exportRowsResponse200ApplicationJsonSeq", { id: "1" }, ["/id type"]],
  ["feeds", "importRowsBodyApplicationJsonl", {}, [" required"]],
  ["styles", "queryParameters", {
    ...none,
    query: { form: ["red"], level: 4, deep: { R: "x" } },
    cookies: { session: "s" },
  }, ["/query/form/0 enum", "/query/deep/R type", "/query/level enum"]],
  ["styles", "queryParameters", none, ["/cookies required"]],
  ["styles", "putTextBodyTextPlain", "äöüß€", []],
  ["styles", "putTextBodyTextPlain", "longer", [" maxLength"]],
  ["styles", "putTextBodyTextPlain", "𝒳𝒳𝒳𝒳𝒳", []],
  ["styles", "postFilesBodyMultipartFormData", {
    file: new File(["a"], "a.txt"),
    more: [new File([], "b")],
    point: [1, 2],
  }, []],
  ["styles", "postFilesBodyMultipartFormData", { file: "text", more: ["text"], point: [1, 2, 3] }, [
    "/file isFile",
    "/more/0 isFile",
    "/point items",
  ]],
  [
    "styles",
    "patchTreeBodyApplicationJson",
    { kind: "tree", children: [{ kind: "tree", constructor: "x" }] },
    [],
  ],
  ["styles", "patchTreeBodyApplicationJson", { kind: "bush", constructor: 1, to: "2020-01-01", size: 1 }, [
    " dependentRequired",
    "/kind const",
    "/constructor type",
    " unevaluatedProperties",
  ]],
];

Deno.test("generateFiles() generates code that compiles, validates and binds", async (t) => {
  const folder = join(ROOT, ".archway", `codegen-${crypto.randomUUID()}`);
  try {
    for (const name of FIXTURES) await writeFixture(name, join(folder, name));
    for (const [index, { fixture, code }] of WRONG_HANDLERS.entries()) {
      const text = `import type * as api from "./server.gen.ts";\n${code}\n`;
      await Deno.writeTextFile(join(folder, fixture, `wrong_${index}.ts`), text);
    }
    const complaints = await typeCheck(folder);

    for (const name of FIXTURES) {
      await t.step(`${name}: a right implementation compiles`, () => {
        const own = [`${name}/implementation.ts`, `${name}/server.gen.ts`];
        assertEquals(complaints.filter((path) => own.includes(path)), []);
      });
    }
    for (const [index, { name, fixture }] of WRONG_HANDLERS.entries()) {
      await t.step(`${fixture}: ${name} does not compile`, () => {
        assert(complaints.includes(`${fixture}/wrong_${index}.ts`), "It compiled");
      });
    }
    for (const [fixture, validator, value, expected] of JUDGED) {
      await t.step(`${fixture}: ${validator} judges ${JSON.stringify(value)}`, async () => {
        const validate = await validatorOf(folder, { fixture, validator });
        assertEquals(validate(value), expected.length === 0);
        const errors = validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`) ??
          [];
        assertEquals([...errors].sort(), [...expected].sort());
      });
    }
    await t.step("charges: defaults are applied to requests, not for responses", async () => {
      const body = { amount: 1, source: { object: "card", number: "4" } };
      const request = await validatorOf(folder, {
        fixture: "charges",
        validator: "postChargesBodyApplicationJson",
      });
      assert(request(body));
      assertEquals(body, { ...body, ...{ currency: "eur", capture: true } });
      const page: { data: unknown } = JSON.parse(
        '{"data":[{"id":"a","amount":1}],"has_more":false,"object":"list"}',
      );
      const response = await validatorOf(folder, {
        fixture: "charges",
        validator: "getChargesResponse200ApplicationJson",
      });
      assertFalse(response(page));
      assertEquals(page.data, [{ id: "a", amount: 1 }]);
    });
    await t.step("issues: x-pattern-message is the message, unions are listed with or", async () => {
      const parameters = await validatorOf(folder, { fixture: "issues", validator: "getIssueParameters" });
      parameters({ ...none, path: { owner: "a", repo: " ", issue_number: 1 } });
      assertEquals(parameters.errors?.map(({ message }) => message), ["must be a repository's name"]);
      const body = await validatorOf(folder, {
        fixture: "issues",
        validator: "createIssueBodyApplicationJson",
      });
      body({ title: "a", body: 1 });
      assertEquals(body.errors?.map(({ message }) => message), ["must be string or null"]);
    });
    await t.step("issues: of two paths that match, the one with fewer variables is first", async () => {
      const paths = (await boundRoutes(folder, "issues")).map(({ operation }) => operation.path);
      const comments = paths.indexOf("/repos/{owner}/{repo}/issues/comments");
      assert(comments >= 0 && comments < paths.indexOf("/repos/{owner}/{repo}/issues/{issue_number}"));
    });
    await t.step("petstore: routes() calls the methods of an instance", async () => {
      const route = (await boundRoutes(folder, "petstore")).find(({ operation }) =>
        operation.operationId === "getPetById"
      );
      const context = {
        requestId: "r",
        url: new URL("http://127.0.0.1/"),
        signal: new AbortController().signal,
        principal: undefined,
        unit: undefined,
        traceParent: undefined,
      };
      const response = await route?.handle({ ...none, path: { petId: 7 } }, context);
      assertEquals(response, { status: 200, body: { name: "Rex", photoUrls: [], id: 7 } });
    });
    await t.step("petstore: descriptors carry who may call, the document's word or their own", async () => {
      const { getPetById, updatePet } = await descriptors(folder, "petstore");
      assertEquals(getPetById?.security, [
        [{ scheme: "petstore_auth", kind: "bearer", scopes: ["read:pets"] }],
        [{ scheme: "petstore_auth", kind: "bearer", scopes: ["admin"] }],
      ]);
      assertEquals(updatePet?.security, [[{
        scheme: "petstore_auth",
        kind: "bearer",
        scopes: ["write:pets", "read:pets"],
      }]]);
      assertEquals((await descriptors(folder, "issues"))["listComments"]?.security, []);
    });
    await t.step(
      "petstore: descriptors carry limits and extensions, excluded tags are left out",
      async () => {
        const operations = await descriptors(folder, "petstore");
        assertEquals(operations["uploadFile"]?.requestBody?.maxBytes, 5242880);
        assertEquals(operations["uploadFile"]?.extensions, { "x-audit": { level: 2 } });
        assertEquals(operations["uploadFile"]?.requestBody?.content.map(({ codec }) => codec), [
          "binary",
          "binary",
        ]);
        assertEquals(Object.keys(operations["updatePet"]?.responses ?? {}), ["200", "404"]);
        assertEquals(operations["getInventory"], undefined);
      },
    );
    await t.step("styles: descriptors carry style, explode and shape of every parameter", async () => {
      const { matrix, query, simple } = await descriptors(folder, "styles");
      const rgb: Readonly<Record<string, Shape>> = {
        R: { kind: "integer" },
        G: { kind: "integer" },
        B: { kind: "integer" },
      };
      assertEquals(
        matrix?.parameters.map(({ style, explode, shape }) => ({ style, explode, kind: shape.kind })),
        [
          { style: "matrix", explode: false, kind: "integer" },
          { style: "matrix", explode: false, kind: "array" },
          { style: "matrix", explode: true, kind: "object" },
        ],
      );
      assertEquals(simple?.parameters.map((one) => one.explode), [false, false, false, true, false, true]);
      const shapes = Object.fromEntries(query?.parameters.map(({ name, shape }) => [name, shape]) ?? []);
      assertEquals(shapes["pipes"], { kind: "array", items: { kind: "boolean" } });
      assertEquals(shapes["open"], { kind: "object", properties: rgb });
      assertEquals(shapes["deep"], { kind: "object", properties: rgb, additional: { kind: "any" } });
      assertEquals([shapes["union"], shapes["either"], shapes["level"]], [
        { kind: "number" },
        { kind: "any" },
        { kind: "number" },
      ]);
    });
    await t.step("feeds: events, items, texts and parts of files are served", async () => {
      const module = { name: "feeds", document: "{}", problemTypes: [], problemOf: () => undefined };
      await using server = createServer(
        "127.0.0.1",
        0,
        withApi({ ...module, routes: await boundRoutes(folder, "feeds") }),
        withResponseValidation(true),
      );
      const get = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
        const response = await server.fetch(new Request(`http://localhost${path}`, { headers }));
        return `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
      };
      assertEquals(
        await get("/rooms/1/messages", { "Last-Event-ID": "7" }),
        '200 text/event-stream event: joined\nid: 7\ndata: Ada\n\nevent: message\ndata: {"text":"Hello"}\n\n',
      );
      assertEquals(await get("/messages"), '200 text/event-stream data: {"text":"Hello"}\n\n');
      assertEquals(await get("/texts"), "200 text/event-stream data: a\ndata: b\n\nid: 2\ndata: c\n\n");
      assertEquals(
        await get("/rows"),
        '200 application/x-ndjson {"id":1,"color":"red"}\n{"id":2,"color":"blue"}\n',
      );
      assertEquals(await get("/log"), "200 text/plain a\nb\n");
      assertEquals(
        await get("/files/1", { Range: "bytes=8-" }),
        "206 application/octet-stream \0\0",
      );
      const post = async (body: string, type: string): Promise<number> => {
        const headers = { "Content-Type": type };
        const request = new Request("http://localhost/rows", { method: "POST", body, headers });
        return (await server.fetch(request)).status;
      };
      assertEquals(await post('{"id":1}\n{"id":2}', "application/jsonl"), 204);
      assertEquals(await post('{"id":1}\n{"id":"2"}', "application/jsonl"), 422);
      assertEquals(await post("bytes", "application/octet-stream"), 204);
    });
    await t.step("the validators need no permission and build no code at run time", async () => {
      for (const name of FIXTURES) {
        const path = join(folder, name, "validators.gen.js");
        assertFalse(/\brequire\(|\beval\(|\bnew Function\b|\bimport\(/.test(await Deno.readTextFile(path)));
        const { success, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-prompt", path],
        }).output();
        assert(success, new TextDecoder().decode(stderr));
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("generateFiles() is deterministic", async () => {
  const path = join(import.meta.dirname ?? ".", "fixtures", "styles", "openapi.yaml");
  const options = { file: "styles.yaml" };
  const text = await Deno.readTextFile(path);
  const [first, second] = [await generateFiles(text, options), await generateFiles(text, options)];
  assertEquals(first, second);
  assertMatch(
    first.files.get("server.gen.ts") ?? "",
    /^\/\/ Code generated by tools\/oapi_codegen from styles\.yaml; DO NOT EDIT\./,
  );
});

async function writeFixture(name: string, folder: string): Promise<void> {
  const source = join(import.meta.dirname ?? ".", "fixtures", name);
  const document = await Deno.readTextFile(join(source, "openapi.yaml"));
  const { files } = await generateFiles(document, {
    file: `${name}/openapi.yaml`,
    excludeTags: [{ text: "internal" }],
    folder: diskFolder(source),
  });
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, text] of files) await Deno.writeTextFile(join(folder, file), text);
  await Deno.copyFile(join(source, "implementation.ts.txt"), join(folder, "implementation.ts"));
}

/** Returns the files below the folder that have type errors, from one run of the compiler. */
async function typeCheck(folder: string): Promise<readonly string[]> {
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--quiet", "."],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  // Further places of an error are indented more.
  const found = new TextDecoder().decode(stderr).matchAll(/^ {4}at .*\/(\w+\/\w+(?:\.\w+)?\.ts):\d+:\d+$/gm);
  return [...new Set([...found].map((match) => match[1] ?? ""))];
}

async function validatorOf(
  folder: string,
  { fixture, validator }: { fixture: string; validator: string },
): Promise<Validator> {
  const module: Readonly<Record<string, Validator>> = await import(
    `file://${folder}/${fixture}/validators.gen.js`
  );
  const found = module[validator];
  if (found === undefined) throw new Error(`There is no ${validator} in ${fixture}`);
  return found;
}

async function boundRoutes(folder: string, fixture: string): Promise<readonly Route[]> {
  const module: { readonly bound: readonly Route[] } = await import(
    `file://${folder}/${fixture}/implementation.ts`
  );
  return module.bound;
}

async function descriptors(folder: string, fixture: string): Promise<Readonly<Record<string, Operation>>> {
  const module: { readonly operationDescriptors: Readonly<Record<string, Operation>> } = await import(
    `file://${folder}/${fixture}/server.gen.ts`
  );
  return module.operationDescriptors;
}
