import { sampleOf } from "@archway/conformance/derived/sample_of.ts";
import type { ApiDocument, Operation } from "@archway/conformance/derived/api_document.ts";
import { readApiDocument } from "../../support/conformance/read_api_document.ts";
import type { ExistingService } from "../existing_service.ts";
import { literal } from "../field_samples.ts";
import { NewError } from "../usage_error.ts";
import type { ActionChange } from "./action_change.ts";
import type { ActionCode } from "./find_code.ts";
import type { PlannedOperation } from "./plan_operation.ts";
import { testSupport } from "./test_support.ts";

/** An operation in the document that has it. */
export interface TestedOperation {
  readonly service: ExistingService;
  readonly operation: PlannedOperation;
  readonly api: ApiDocument;
  /** Returns the path that a path of the document is served at. */
  readonly served: (path: string) => string;
}

/**
 * Parses the text of a document with a new operation.
 *
 * @throws {NewError} for a document that cannot be served.
 */
export async function parseApi(
  text: string,
  { name, file }: { name: string; file: string },
): Promise<ApiDocument> {
  try {
    return await readApiDocument(text, { name, file });
  } catch (error) {
    throw new NewError(`${error instanceof Error ? error.message : String(error)}; nothing was written`);
  }
}

/** Returns the test of an operation that responds with 501. */
export function unwrittenTestText(
  { service, operation: { line, id }, api, served }: TestedOperation,
): string {
  const { imports, databases, server } = testSupport(service);
  const found = api.operations.find((one) => one.id === id);
  const path = served(line.path).replaceAll(
    /\{([^{}]*)\}/g,
    (_, name: string) => sampleParameter({ api, found, name }),
  );
  const headers = (found?.parameters ?? []).filter((one) => one.in === "header" && one.required).map((
    { name },
  ) => [name, sampleParameter({ api, found, name })] as const);
  const body = bodyOf(api, found);
  const sent = [
    ...(headers.length === 0 ? [] : [`headers: ${JSON.stringify(Object.fromEntries(headers))}`]),
    ...(body === undefined ? [] : [`body: ${literal(body)}`]),
  ];
  return `import { assertEquals } from "@std/assert";
import { sendRequest } from "@archway/tools/support/send_request.ts";
${imports}
for (const [name, open] of Object.entries(${databases})) {
  Deno.test(\`${id} responds with 501 until it is written (\${name})\`, async () => {
    await using database = await open();
    await using server = ${server()};
    const { status, body } = await sendRequest(server, "${line.method} ${path}"${
    sent.length === 0 ? "" : `, { ${sent.join(", ")} }`
  });
    assertEquals([status, body?.type], [501, "/problems/not-implemented"]);
  });
}
`;
}

/** Returns the test of an operation that changes one resource. */
export function actionTestText(
  { service, operation, api, served }: TestedOperation,
  { code: { isOwned, resource }, change, scopes }: {
    readonly code: ActionCode;
    readonly change: ActionChange | undefined;
    /** Scopes of all operations on the resource. */
    readonly scopes: readonly string[];
  },
): string {
  const support = testSupport(service, { withParents: true });
  const { imports, databases, server } = support;
  const { line, id, action } = operation;
  const item = action?.path ?? "";
  const collection = item.replace(/\/\{[^{}]*\}$/, "");
  const created = bodyOf(
    api,
    api.operations.find((one) => one.method === "POST" && one.path.endsWith(collection)),
  );
  const sent = bodyOf(api, api.operations.find((one) => one.id === id));
  const suffix = line.path.slice(item.length);
  const owned = isOwned
    ? `
    await t.step("is for the owner only", async () => {
      assertEquals((await act({ etag: "*", token: "bob" })).status, 404);
    });`
    : "";
  const done = change === undefined
    ? `
    await t.step("responds with 501 until its change is written", async () => {
      assertEquals((await act({ etag: '"1"' })).status, 501);
      assertEquals((await send(\`GET \${path}\`)).headers.get("etag"), '"1"');
    });`
    : `
    await t.step("sets the ${change.property}", async () => {
      const changed = await act({ etag: '"1"' });
      assertEquals([changed.status, changed.body?.data?.["${change.property}"]], [200, ${
      JSON.stringify(change.value)
    }]);
      const read = await send(\`GET \${path}\`);
      assertEquals([read.body?.data, read.headers.get("etag")], [changed.body?.data, changed.headers.get("etag")]);
    });`;
  return `import { assertEquals } from "@std/assert";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
${imports}
const SCOPES = new Set([${scopes.map((scope) => JSON.stringify(scope)).join(", ")}${support.scopes}]);

/** Accepts the name of a subject as its token. */
const AUTHENTICATED = withAuthenticator({ authenticate: (subject) => ({ subject, scopes: SCOPES }) });

/** A request of a test. */
interface Sent {
  readonly token?: string;
  readonly etag?: string;
  readonly body?: unknown;
}

for (const [name, open] of Object.entries(${databases})) {
  Deno.test(\`${id} on \${name}\`, async (t) => {
    await using database = await open();
    await using server = ${server("AUTHENTICATED")};
    const send = (line: string, { token = "ada", etag, body }: Sent = {}): Promise<ReceivedResponse> => {
      const headers = { Authorization: \`Bearer \${token}\`, ...(etag !== undefined && { "If-Match": etag }) };
      return sendRequest(server, line, { headers, ...(body !== undefined && { body }) });
    };
    const { headers } = await send("POST ${served(collection)}", { body: ${
    support.body(literal(created ?? {}), "ada")
  } });
    const path = headers.get("location") ?? "";
    const act = (sent: Sent): Promise<ReceivedResponse> => send(\`POST \${path}${suffix}\`, ${
    sent === undefined ? "sent" : `{ body: ${literal(sent)}, ...sent }`
  });
    await t.step("requires If-Match with the current version", async () => {
      assertEquals((await act({})).status, 428);
      const stale = await act({ etag: '"7"' });
      assertEquals([stale.status, stale.body?.type], [412, "/problems/${resource}-changed"]);
      const missing = await send("POST ${
    served(item).replace(/\{[^{}]*\}$/, MISSING)
  }${suffix}", { etag: "*"${sent === undefined ? "" : `, body: ${literal(sent)}`} });
      assertEquals([missing.status, missing.body?.type], [404, "/problems/${resource}-not-found"]);
    });${owned}${done}
  });
}
`;
}

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Returns a body that an operation accepts; undefined if it takes none. */
export function bodyOf(api: ApiDocument, operation: Operation | undefined): unknown {
  const schema = operation?.bodies.get("application/json");
  return schema === undefined ? undefined : operation?.examples[0] ?? sampleOf(api, schema);
}

function sampleParameter(
  { api, found, name }: {
    readonly api: ApiDocument;
    readonly found: Operation | undefined;
    readonly name: string;
  },
): string {
  const parameter = found?.parameters.find((one) => one.name === name);
  const sample = name === "If-Match" ? "*" : sampleOf(api, parameter?.schema ?? true);
  return String(sample ?? "1");
}
