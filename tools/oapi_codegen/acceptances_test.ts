import { assertEquals, assertFalse, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { formatWarnings, GenerationError } from "./diagnostics/diagnostics.ts";
import { generateFiles, type GenerateFilesOptions } from "./generate_files.ts";
import { acceptedDocument, setMember } from "./testing/accepted_document.ts";

type Change = { readonly at: string; readonly value: unknown };

const GET = "/paths/~1things~1{id}/get";
const POST = "/paths/~1things/post";
const THING = "/components/schemas/Thing";

/** Generated text of a file for the accepted document with some members replaced. */
async function generated(
  changes: readonly Change[],
  { name = "server.gen.ts", ...options }: Partial<GenerateFilesOptions> & { readonly name?: string } = {},
): Promise<string> {
  const document = acceptedDocument();
  for (const change of changes) setMember(document, change);
  const { files } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml", ...options });
  return files.get(name) ?? "";
}

/** Names of the handlers. */
function handlers(server: string): readonly string[] {
  return [...server.matchAll(/^ {2}(\w+)\(request: /gm)].map(([, name = ""]) => name);
}

Deno.test("generateFiles() names operations without a usable operationId by their words, or by method and path", async () => {
  const names = async (get: unknown, post: unknown): Promise<readonly string[]> =>
    handlers(
      await generated([{ at: `${GET}/operationId`, value: get }, { at: `${POST}/operationId`, value: post }]),
    );
  assertEquals(await names(undefined, undefined), ["getThingsById", "postThings"]);
  assertEquals(await names("get-thing", "things/create v2"), ["getThing", "thingsCreateV2"]);
  assertEquals(await names("constructor", "2fa"), ["constructorOperation", "postThings"]);
  assertEquals(await names("create_thing", "createThing"), ["create_thing", "createThing2"]);
  assertEquals(await names("create-thing", "createThing"), ["createThing2", "createThing"]);
});

Deno.test("generateFiles() leaves the served document as it is written", async () => {
  const spec = await generated([{ at: `${GET}/operationId`, value: "get-thing" }], { name: "spec.gen.ts" });
  assertStringIncludes(spec, '"operationId":"get-thing"');
});

Deno.test("generateFiles() gives schemas whose name is taken a suffix", async () => {
  const schemas = { Thing: true, CreateThingRequest: {}, Promise: {}, "2fa": {} };
  const changes = [{ at: "/components/schemas", value: schemas }];
  const aliases = (server: string): readonly string[] =>
    [...server.matchAll(/^export type (\w+) = unknown;/gm)].map(([, name = ""]) => name);
  assertEquals(aliases(await generated(changes)), [
    "Thing",
    "CreateThingRequestSchema",
    "PromiseSchema",
    "_2fa",
  ]);
  assertEquals(aliases(await generated(changes, { schemaSuffix: "Model" })).slice(1, 3), [
    "CreateThingRequestModel",
    "PromiseModel",
  ]);
});

Deno.test("generateFiles() upgrades OpenAPI 3.0: nullable, exclusive limits, examples and read-only properties", async () => {
  const thing = {
    type: "object",
    required: ["id", "size"],
    properties: {
      id: { type: "string", readOnly: true, example: "7" },
      size: { type: "integer", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
      kind: { type: "string", enum: ["a"], nullable: true },
      parent: { $ref: "#/components/schemas/Thing", nullable: true, minLength: 3 },
      mixed: { allOf: [{ type: "object" }], nullable: true },
    },
  };
  const old = [{ at: "/openapi", value: "3.0.3" }, { at: THING, value: thing }];
  const server = await generated(old);
  assertMatch(server, /kind\?: "a" \| null;/);
  assertMatch(server, /parent\?: Thing \| null;/);
  assertMatch(server, /readonly id\?: string;/);
  const validators = await generated(old, { name: "validators.gen.js" });
  assertStringIncludes(validators, "<= 0");
  assertStringIncludes(validators, "> 9");
});

Deno.test("generateFiles() requires read-only properties of 3.0 of responses alone, also by a reference", async () => {
  const id = { type: "string", readOnly: true };
  const thing = { type: "object", required: ["id"], properties: { id: { $ref: "#/components/schemas/Id" } } };
  for (const version of ["3.0.3", "3.1.0"]) {
    const server = await generated([
      { at: "/openapi", value: version },
      { at: "/components/schemas/Id", value: id },
      { at: THING, value: thing },
    ]);
    assertMatch(server, version === "3.0.3" ? /\bid\?: Id;/ : /\bid: Id;/);
  }
});

Deno.test("generateFiles() reads nullable, which 3.1 no longer has, and leaves out what 3.2 adds", async () => {
  const server = await generated([{ at: `${THING}/properties/name/nullable`, value: true }]);
  assertMatch(server, /name\?: string \| null;/);
  const newer = [
    { at: "/openapi", value: "3.2.0" },
    { at: "/tags", value: [{ name: "a", summary: "A", kind: "nav" }] },
    { at: `${GET}/responses/200/summary`, value: "It" },
  ];
  assertEquals(handlers(await generated(newer)), ["getThing", "createThing"]);
});

Deno.test("generateFiles() takes OAuth 2.0 and OpenID Connect for bearer tokens with scopes", async () => {
  const server = await generated([
    { at: "/components/securitySchemes/token", value: { type: "oauth2", flows: {} } },
    {
      at: "/components/securitySchemes/other",
      value: { type: "openIdConnect", openIdConnectUrl: "https://a" },
    },
  ]);
  assertStringIncludes(server, 'security: [[{ scheme: "token", kind: "bearer", scopes: ["things:write"] }]]');
});

Deno.test("generateFiles() takes API keys, passwords, certificates, combinations, alternatives and optional security", async () => {
  const schemes = {
    basic: { type: "http", scheme: "Basic" },
    header: { type: "apiKey", in: "header", name: "X-Key" },
    query: { type: "apiKey", in: "query", name: "key" },
    certificate: { type: "mutualTLS" },
    digest: { type: "http", scheme: "digest" },
  };
  const changes = (security: unknown): readonly Change[] => [
    { at: "/components/securitySchemes", value: schemes },
    { at: `${POST}/security`, value: security },
  ];
  const securityOf = async (security: unknown): Promise<unknown> =>
    / {2}security: (\[\[.*\]),\n/.exec(await generated(changes(security)))?.[1];
  assertEquals(
    await securityOf([{ basic: [], header: ["things:write"] }, { query: [] }, { digest: [] }, {}]),
    '[[{ scheme: "basic", kind: "basic", scopes: [] }, ' +
      '{ scheme: "header", kind: "apiKey", in: "header", name: "X-Key", scopes: ["things:write"] }], ' +
      '[{ scheme: "query", kind: "apiKey", in: "query", name: "key", scopes: [] }], []]',
  );
  assertEquals(
    await securityOf([{ certificate: [] }]),
    '[[{ scheme: "certificate", kind: "mutualTLS", scopes: [] }]]',
  );
  assertEquals(await securityOf([{}]), undefined);
  const document = acceptedDocument();
  for (const change of changes([{ digest: [] }, { header: [] }])) setMember(document, change);
  const { warnings } = await generateFiles(JSON.stringify(document), { file: "t" });
  assertEquals(warnings.map(({ at, message }) => [at, message.slice(0, 40)]), [
    ["/components/securitySchemes/query", "Keys in URLs appear in logs of proxies a"],
    ["/components/securitySchemes/certificate", "Client certificates are verified by a pr"],
    ["/components/securitySchemes/digest", 'The http scheme "digest" is not supporte'],
  ]);
});

Deno.test("generateFiles() takes a document that is public as a whole, if it says so", async () => {
  const silent = { at: `${POST}/security`, value: undefined };
  for (const security of [[], [{}]]) {
    const server = await generated([silent, { at: "/security", value: security }]);
    assertEquals(server.match(/ {2}security: \[\],/g)?.length, 2);
  }
});

Deno.test("generateFiles() reports silence about security once", async () => {
  const document = acceptedDocument();
  for (const at of [`${GET}/security`, `${POST}/security`]) setMember(document, { at, value: undefined });
  const error = await assertRejects(
    () => generateFiles(JSON.stringify(document), { file: "t" }),
    GenerationError,
  );
  assertEquals(error.diagnostics.map(({ at }) => at), [GET]);
  assertStringIncludes(error.message, "2 operations have no security, this one first");
});

Deno.test("generateFiles() takes security from the options where the document says nothing", async () => {
  const silent = [{ at: `${POST}/security`, value: undefined }];
  assertStringIncludes(
    await generated(silent, { defaultSecurity: { scheme: "token" } }),
    'security: [[{ scheme: "token", kind: "bearer", scopes: [] }]]',
  );
  assertFalse((await generated(silent, { defaultSecurity: "none" })).includes('scheme: "token"'));
});

Deno.test("generateFiles() takes other formats and discriminators for annotations", async () => {
  const validators = await generated([
    { at: `${THING}/properties/name/format`, value: "e-mail" },
    {
      at: `${THING}/discriminator`,
      value: { propertyName: "name", mapping: { a: "#/components/schemas/Thing" } },
    },
  ], { name: "validators.gen.js" });
  assertFalse(/e-mail|discriminator/.test(validators));
});

Deno.test("generateFiles() ignores what OpenAPI ignores: header parameters, bodies of GET, methods that follow", async () => {
  const server = await generated([
    {
      at: `${GET}/parameters`,
      value: [{ name: "Accept", in: "header", schema: { type: "string" } }],
    },
    { at: `${GET}/requestBody`, value: { content: { "application/json": { schema: {} } } } },
    { at: "/paths/~1things/head", value: { responses: { "204": { description: "Done" } } } },
    { at: "/paths/~1things/options", value: { responses: { "204": { description: "Done" } } } },
  ]);
  assertEquals(handlers(server), ["getThing", "createThing"]);
  assertFalse(/const getThing: runtime\.Operation = \{[^;]*requestBody/.test(server));
  // An undeclared path variable is a text.
  assertMatch(server, /path: \{\n? *readonly id: string/);
});

Deno.test("generateFiles() takes XML for text, and other types without a codec for bytes", async () => {
  const schema = { $ref: "#/components/schemas/Thing" };
  const content = { "application/xml": { schema }, "application/x-y": { schema } };
  const server = await generated([{ at: `${POST}/requestBody/content`, value: content }]);
  assertMatch(server, /mediaType: "application\/xml", codec: "text"/);
  assertMatch(server, /mediaType: "application\/x-y", codec: "binary"/);
});

Deno.test("generateFiles() lets a variable be a part of a segment, and paths differ by method alone", async () => {
  const operation = (operationId: string): unknown => ({
    operationId,
    security: [],
    responses: { "204": { description: "Done" } },
  });
  const server = await generated([
    { at: "/paths/~1things~1{id}.json", value: { get: operation("getFile") } },
    { at: "/paths/~1things~1{key}", value: { delete: operation("removeThing") } },
  ]);
  assertEquals(handlers(server), ["getThing", "createThing", "getFile", "removeThing"]);
});

Deno.test("generateFiles() reads variables that repeat their style", async () => {
  const server = await generated([{
    at: "/paths/~1labels~1{.id}~1{;keys*}",
    value: {
      get: {
        operationId: "getLabel",
        security: [],
        parameters: [
          { name: "id", in: "path", required: true, style: "label", schema: { type: "integer" } },
          {
            name: "keys",
            in: "path",
            required: true,
            style: "matrix",
            explode: true,
            schema: { type: "array" },
          },
        ],
        responses: { "204": { description: "Done" } },
      },
    },
  }]);
  assertStringIncludes(server, 'path: "/labels/{id}/{keys}"');
});

Deno.test("generateFiles() prefixes paths with the path of servers of their own", async () => {
  const server = await generated([
    { at: "/servers", value: [{ url: "https://api.example/v1/" }] },
    {
      at: `${GET}/servers`,
      value: [{
        url: "https://{host}/qr/{version}",
        variables: { host: { default: "h" }, version: { default: "v2" } },
      }],
    },
    { at: `${POST}/servers`, value: [{ url: "https://other.example/v1" }] },
  ]);
  assertStringIncludes(server, 'path: "/qr/v2/things/{id}"');
  assertStringIncludes(server, 'path: "/things"');
});

Deno.test("generateFiles() types a success that only 2XX or default documents as 200", async () => {
  const response = { description: "It" };
  const statuses = async (responses: unknown): Promise<readonly string[]> => {
    const server = await generated([{ at: `${POST}/responses`, value: responses }]);
    const [, type = ""] = /export type CreateThingResponse =([^;]*;[^}]*)/.exec(server) ?? [];
    return [...type.matchAll(/status: (\d+)/g)].map(([, status = ""]) => status);
  };
  assertEquals(await statuses({ "2XX": response, default: response }), ["200"]);
  assertEquals(await statuses({ default: response }), ["200"]);
  assertEquals(await statuses({ "201": response, "2XX": response, default: response }), ["201"]);
});

Deno.test("generateFiles() applies no defaults in branches, which need not match", async () => {
  const branch = { type: "object", properties: { name: { type: "string", default: "Ada" } } };
  const validators = async (thing: unknown): Promise<string> =>
    await generated([{ at: THING, value: thing }], { name: "validators.gen.js" });
  assertStringIncludes(await validators(branch), '"Ada"');
  assertFalse((await validators({ anyOf: [branch, { type: "null" }] })).includes('"Ada"'));
});

Deno.test("generateFiles() accepts schemas that refer to themselves through a property or an item", async () => {
  const thing = { $ref: `#${THING}` };
  const server = await generated([{
    at: THING,
    value: {
      type: "object",
      properties: { parent: { anyOf: [thing, { type: "null" }] }, children: { items: thing } },
    },
  }]);
  assertEquals(handlers(server), ["getThing", "createThing"]);
});

Deno.test("generateFiles() accepts the document without warnings", async () => {
  const { warnings } = await generateFiles(JSON.stringify(acceptedDocument()), { file: "oapi/t.yaml" });
  assertEquals(formatWarnings(warnings), []);
});

Deno.test("generateFiles() takes binary in JSON for text, with a warning", async () => {
  const document = acceptedDocument();
  setMember(document, { at: `${THING}/properties/name/format`, value: "binary" });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertMatch(files.get("server.gen.ts") ?? "", /name\?: string;/);
  assertMatch(formatWarnings(warnings).join(), /The value is text.*format: byte/);
});

Deno.test("generateFiles() warns of defaults that it does not apply, and types them as optional", async () => {
  const document = acceptedDocument();
  const properties = {
    a: { type: "string", default: 5 },
    toString: { type: "string", default: "x" },
    b: { type: "string", default: "applied" },
  };
  setMember(document, { at: `${THING}/properties`, value: properties });
  setMember(document, {
    at: `${GET}/parameters`,
    value: [{ name: "limit", in: "query", schema: { type: "integer", maximum: 10, default: 20 } }],
  });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertEquals(warnings.map(({ at, message }) => `${at} ${message.split(": ")[1]}`), [
    `${THING}/properties/a/default it violates its own schema`,
    `${THING}/properties/toString/default every object has a property of this name`,
    `${GET}/parameters/0/schema/default it violates its own schema`,
  ]);
  const server = files.get("server.gen.ts") ?? "";
  assertMatch(server, / a\?: string;\n[^}]* b: string;/);
  assertMatch(server, /limit\?: number/);
  assertFalse(server.includes("default: 20"));
  const validators = files.get("validators.gen.js") ?? "";
  assertMatch(validators, /"applied"/);
});

Deno.test("generateFiles() takes everything in examples and extension fields for data", async () => {
  const reference = { $ref: "#/nowhere" };
  const server = await generated([
    { at: `${GET}/x-codeSamples`, value: [{ language: "js", code: "1", $ref: "#/nowhere" }] },
    { at: "/info/x-logo", value: { url: "a.png", $ref: "b.yaml" } },
    { at: `${GET}/responses/200/content/application~1json/examples`, value: { one: { value: reference } } },
    { at: `${THING}/examples`, value: [reference] },
    { at: `${THING}/properties/link`, value: { enum: [reference, "none"], default: "none" } },
  ]);
  assertEquals(handlers(server), ["getThing", "createThing"]);
});

Deno.test("generateFiles() warns of fields without effect, and of descriptions of another form", async () => {
  const document = acceptedDocument();
  setMember(document, { at: `${GET}/vendorNote`, value: "x" });
  setMember(document, { at: `${GET}/parameters/0/type`, value: "string" });
  setMember(document, { at: "/info/description", value: ["x"] });
  setMember(document, { at: "/tags", value: [{ summry: "x" }] });
  const { warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertEquals(warnings.map(({ at, message }) => `${at} ${message}`), [
    "/info/description Expected text; the value is not used",
    `${GET}/parameters/0/type Unknown field, which has no effect; remove it, or call it x-…`,
    `${GET}/vendorNote Unknown field, which has no effect; remove it, or call it x-…`,
    "/tags/0/summry Unknown field, which has no effect; did you mean summary?",
    "/tags/0 The field name is missing; add it",
  ]);
});

Deno.test("generateFiles() leaves out operations that differ from others in a fragment, with a warning", async () => {
  const document = acceptedDocument();
  const operation = { security: [], responses: { "204": { description: "Done" } } };
  setMember(document, { at: "/paths/~1things#v2", value: { post: operation, put: operation } });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertEquals(handlers(files.get("server.gen.ts") ?? ""), ["getThing", "createThing", "putThingsV2"]);
  assertMatch(files.get("server.gen.ts") ?? "", /method: "PUT",\n {2}path: "\/things",/);
  assertEquals(warnings.map(({ at, message }) => `${at} ${message}`), [
    "/paths/~1things#v2/post Requests carry no fragment: they are those of /things; the operation is left out",
  ]);
});

Deno.test("generateFiles() prefixes paths with the base path of the options", async () => {
  const servers = [{ url: "https://{host}/{version}/", variables: { version: { default: "v1" } } }];
  const changes = [
    { at: "/servers", value: servers },
    { at: `${GET}/servers`, value: [{ url: "/qr" }] },
  ];
  const paths = async (basePath?: string): Promise<readonly string[]> =>
    [...(await generated(changes, { basePath })).matchAll(/^ {2}path: "(.*)",/gm)].map(([, path = ""]) =>
      path
    );
  assertEquals(await paths(), ["/qr/things/{id}", "/things"]);
  assertEquals(await paths("servers"), ["/qr/things/{id}", "/v1/things"]);
  assertEquals(await paths("/api"), ["/qr/things/{id}", "/api/things"]);
});

Deno.test("generateFiles() warns of the path of the first server unless the options say what it means", async () => {
  const warningsFor = async (url: string, basePath?: string): Promise<readonly string[]> => {
    const document = acceptedDocument();
    setMember(document, { at: "/servers", value: [{ url }, { url: "/other" }] });
    const { warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml", basePath });
    return warnings.map(({ at, message }) => `${at} ${message}`);
  };
  const [warning = "", ...others] = await warningsFor("https://pets.example/v2");
  assertMatch(warning, /^\/servers\/0\/url Paths are served as written, without \/v2 .* base-path: servers /);
  assertEquals(others, []);
  for (const basePath of ["", "/v2", "servers"]) {
    assertEquals(await warningsFor("https://pets.example/v2", basePath), []);
  }
  assertEquals(await warningsFor("https://pets.example/"), []);
});

Deno.test("generateFiles() routes QUERY of 3.2 with its body, and leaves out other methods with a warning", async () => {
  const document = acceptedDocument();
  const operation = (operationId: string): unknown => ({
    operationId,
    security: [],
    requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
    responses: { "204": { description: "Done" } },
  });
  setMember(document, { at: "/openapi", value: "3.2.0" });
  setMember(document, { at: "/paths/~1things/query", value: operation("findThings") });
  setMember(document, {
    at: "/paths/~1more/additionalOperations",
    value: { QUERY: operation("findMore"), COPY: operation("copy") },
  });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  const server = files.get("server.gen.ts") ?? "";
  assertEquals(handlers(server), ["getThing", "createThing", "findThings", "findMore"]);
  assertEquals([...server.matchAll(/method: "QUERY"/g)].length, 2);
  assertStringIncludes(server, "validate: validators.findMoreBodyApplicationJson");
  assertEquals(warnings.map(({ message }) => message), [
    "The server has no method COPY; the operation is left out",
  ]);
  assertStringIncludes(files.get("spec.gen.ts") ?? "", '"openapi":"3.2.0"');
});

Deno.test("generateFiles() takes a parameter for the whole query string of 3.2 for an exploded object", async () => {
  const schema = { type: "object", properties: { after: { type: "string" }, size: { type: "integer" } } };
  const server = await generated([
    { at: "/openapi", value: "3.2.0" },
    {
      at: `${GET}/parameters/1`,
      value: {
        name: "page",
        in: "querystring",
        content: { "application/x-www-form-urlencoded": { schema } },
      },
    },
  ]);
  assertMatch(server, /name: "page", in: "query", required: false, style: "form", explode: true/);
});

Deno.test("generateFiles() names the operations of a path that refers to the item of another", async () => {
  const server = await generated([{ at: "/paths/~1stuff", value: { $ref: "#/paths/~1things" } }]);
  assertEquals(handlers(server), ["getThing", "createThing", "createThing2"]);
  assertMatch(server, /operationId: "createThing2",\n {2}method: "POST",\n {2}path: "\/stuff"/);
});

Deno.test("generateFiles() checks formats of the options, and warns of others", async () => {
  const document = acceptedDocument();
  setMember(document, {
    at: `${THING}/properties`,
    value: {
      cep: { type: "string", format: "cep" },
      mail: { type: "string", format: "email" },
      other: { type: "string", format: "other" },
      again: { type: "string", format: "other" },
    },
  });
  const formats = new Map<string, string | false>([["cep", "^\\d{8}$"], ["email", false]]);
  const options = { file: "oapi/t.yaml", formats };
  const { files, warnings } = await generateFiles(JSON.stringify(document), options);
  const validators = files.get("validators.gen.js") ?? "";
  assertStringIncludes(validators, "/^\\d{8}$/u");
  assertFalse(validators.includes('format: "email"'));
  assertEquals(warnings.map(({ at }) => at), [`${THING}/properties/other/format`]);
});

Deno.test("generateFiles() warns once of schemas with properties that accept other values than objects", async () => {
  const document = acceptedDocument();
  const untyped = { properties: { a: { type: "string" } } };
  setMember(document, { at: `${THING}/properties`, value: { first: untyped, second: untyped } });
  setMember(document, { at: `${THING}/allOf`, value: [untyped] });
  const { warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertEquals(warnings.map(({ at }) => at), [`${THING}/properties/first`]);
  assertMatch(formatWarnings(warnings).join(), /also in 1 other/);
});

Deno.test("generateFiles() ignores keywords that resemble no known one, with a warning", async () => {
  const document = acceptedDocument();
  setMember(document, { at: `${THING}/properties/name`, value: { type: "string", faker: "name.first" } });
  const { files, warnings } = await generateFiles(JSON.stringify(document), { file: "oapi/t.yaml" });
  assertEquals(warnings.map(({ at }) => at), [`${THING}/properties/name/faker`]);
  assertFalse((files.get("validators.gen.js") ?? "").includes("faker"));
});
