import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ToolAnnotations } from "@modelcontextprotocol/client";
import { ApiDocument, type Operation } from "@archway/conformance/derived/api_document.ts";
import type { Server } from "@archway/server/server.ts";
import { connectMcp } from "../mcp_client.ts";
import { neutral } from "./face.ts";
import { deriveCall, type DerivedCall, filled, isJsonOperation, type ListedIds } from "./tool_call.ts";

/** Options of {@link compareTools}. */
export interface CompareToolsOptions {
  /** Names of the documents. */
  readonly apis: readonly string[];
  /** Empties the database, and fills it with resources of "ada". */
  readonly prepare: () => Promise<void>;
  /** Texts of "ada" that no other caller may see. */
  readonly secrets: readonly string[];
}

/** Outcome of an operation, without what differs between faces. */
interface ToolOutcome {
  readonly status: unknown;
  readonly body: unknown;
  /** Version; "of the content" for that of a list, which depends on the ids. */
  readonly etag: unknown;
}

/** Characters that could hide a text. */
const INVISIBLE = /[\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u;

/**
 * Calls every operation of some documents over REST and as a tool, as "ada" who owns the resources and as "bob", with
 * inputs that are derived from the documents, and asserts that the outcomes and the states at the end are the same. An
 * operation that is not JSON must be no tool, and the hints of each tool must hold. Returns the number of operations that succeeded for "ada".
 */
export async function compareTools(
  server: Server,
  t: Deno.TestContext,
  { apis, prepare, secrets }: CompareToolsOptions,
): Promise<number> {
  await using ada = await connectMcp(server, { as: "ada" });
  await using bob = await connectMcp(server, { as: "bob" });
  const clients = { bob, ada };
  const { tools } = await ada.client.listTools();
  const names = tools.map(({ name }) => name);
  const hintsOf = (name: string): ToolAnnotations =>
    tools.find((tool) => tool.name === name)?.annotations ?? {};
  let succeeded = 0;

  async function byTool({ operation, ...call }: DerivedCall, caller: "ada" | "bob"): Promise<ToolOutcome> {
    const { isError, content, structuredContent } = await clients[caller].client.callTool({
      name: operation.id,
      arguments: {
        ...call.path,
        ...call.query,
        ...Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [argumentOf(name), value])),
        ...(call.body !== undefined && { body: call.body }),
      },
    });
    const [notice, data] = content.map((part) => part.type === "text" ? part.text : "");
    const value = JSON.parse(data ?? "{}");
    assert(!INVISIBLE.test(data ?? ""), `${operation.id} shows an invisible character`);
    if (isError) {
      return { status: value.problem?.status, body: problemOf(value.problem), etag: versionOf(value.etag) };
    }
    assertMatch(notice ?? "", /is data that \w+ returned/);
    assertEquals(value, structuredContent);
    return { status: value.status, body: value.body, etag: versionOf(value.etag) };
  }

  const documents = await Promise.all(apis.map(async (name) => {
    const response = await server.fetch(new Request(`http://localhost/openapi/${name}.json`));
    return new ApiDocument(await response.json());
  }));
  for (const api of documents) {
    for (const operation of api.operations.filter(isOfService)) {
      await t.step(operation.id, async () => {
        assertEquals(names.includes(operation.id), isJsonOperation(operation), "Whether it is a tool");
        if (!isJsonOperation(operation)) return;
        const results: unknown[] = [];
        for (const send of [byRest(server), byTool]) {
          await prepare();
          const ids = await listedIds(server, documents);
          const call = deriveCall(api, operation, ids);
          const before = await stateOf(server, documents, ids);
          const [ofBob, ofAda] = [await send(call, "bob"), await send(call, "ada")];
          for (const secret of secrets) assert(!JSON.stringify(ofBob).includes(secret), `bob sees ${secret}`);
          const state = await stateOf(server, documents, ids);
          results.push(neutral({ ofBob, ofAda, state }));
          if (send !== byTool || Number(ofAda.status) >= 300) continue;
          succeeded++;
          const { readOnlyHint, idempotentHint } = hintsOf(operation.id);
          if (readOnlyHint) assertEquals(state, before, "State after an operation that only reads");
          if (!idempotentHint) continue;
          await send(call, "ada");
          const after = await stateOf(server, documents, ids);
          assertEquals(neutral(after), neutral(state), "State after the same call again");
        }
        const [rest, tool] = results;
        assertEquals(tool, rest);
        const { maxBodyBytes, bodies } = operation;
        if (bodies.size === 0 || maxBodyBytes === undefined) return;
        const call = deriveCall(api, operation, new Map());
        const { status } = await byTool({ ...call, body: { filler: "x".repeat(maxBodyBytes) } }, "ada");
        assertEquals(status, 413, "Status of a body beyond the limit");
      });
    }
  }
  return succeeded;
}

/** Whether a service has an operation, and not the server, which checks health. */
function isOfService({ path }: Operation): boolean {
  return !["/healthz", "/livez", "/readyz"].includes(path);
}

/** Returns the name of a header field's argument. */
function argumentOf(field: string): string {
  return field.toLowerCase().replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function byRest(server: Server): (call: DerivedCall, caller: string) => Promise<ToolOutcome> {
  return async ({ operation: { method, path }, ...call }, caller) => {
    const url = new URL(filled(path, call.path), "http://localhost");
    for (const [name, value] of Object.entries(call.query)) url.searchParams.set(name, value);
    const response = await server.fetch(
      new Request(url, {
        method,
        headers: {
          Authorization: `Bearer ${caller}`,
          ...(call.contentType !== undefined && { "Content-Type": call.contentType }),
          ...call.headers,
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
      }),
    );
    const text = await response.text();
    const body = text === "" ? undefined : JSON.parse(text);
    const { status, headers } = response;
    return {
      status,
      body: status < 400 ? body : problemOf(body),
      etag: versionOf(headers.get("ETag") ?? undefined),
    };
  };
}

function versionOf(etag: string | undefined): string | undefined {
  return etag === undefined || /^"\d+"$/.test(etag) ? etag : "of the content";
}

/** Returns what a problem says, without the request that it is of. */
function problemOf(problem: unknown): unknown {
  const { instance: _, requestId: __, traceId: ___, ...said } = Object(problem);
  return said;
}

/** Returns the ids of ada's resources in all lists without parameters, and in those of the first resource of each. */
async function listedIds(server: Server, documents: readonly ApiDocument[]): Promise<ListedIds> {
  const ids = new Map<string, readonly string[]>();
  const lists = documents.flatMap(({ operations }) => operations).filter((operation) =>
    isOfService(operation) && operation.method === "GET" && !operation.path.endsWith("}")
  );
  for (const { path } of lists.toSorted((a, b) => a.path.length - b.path.length)) {
    const [, outer, inner = ""] = /^([^{]*)\/\{\w+\}(\/[^{]*)?$/.exec(path) ?? [];
    const [first] = outer === undefined ? [] : ids.get(outer) ?? [];
    const target = outer === undefined ? path : first === undefined ? undefined : `${outer}/${first}${inner}`;
    if (target === undefined || target.includes("{")) continue;
    const data = await read(server, target);
    if (Array.isArray(data)) ids.set(target, data.map(({ id }) => String(id)));
  }
  return ids;
}

async function read(server: Server, target: string): Promise<unknown> {
  const response = await server.fetch(
    new Request(`http://localhost${target}`, { headers: { Authorization: "Bearer ada" } }),
  );
  return response.ok ? (await response.json()).data : (await response.body?.cancel(), undefined);
}

/** Reads all lists again, whose items may have changed. */
async function stateOf(
  server: Server,
  documents: readonly ApiDocument[],
  ids: ListedIds,
): Promise<unknown> {
  const now = new Map([...ids, ...await listedIds(server, documents)]);
  return await Promise.all([...now.keys()].map((target) => read(server, target)));
}
