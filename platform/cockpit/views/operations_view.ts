import type { ApiModule } from "@archway/server/api_module.ts";
import type { Operation } from "@archway/server/operation.ts";
import type { DeveloperView, ViewPage, ViewSection, ViewTable } from "@archway/service_kit/developer_view.ts";
import type { CockpitState } from "../cockpit_state.ts";
import type { RequestSummary } from "../recorder/recorded_request.ts";
import { findHandler } from "./find_handler.ts";
import { programOf } from "./inspected_program.ts";
import { readSource } from "./source_lines.ts";

/** Parts of an OpenAPI document that the view shows. */
interface ShownDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, ShownOperation>>>>;
}

interface ShownOperation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
}

/** Recorded calls of an operation. */
interface Calls {
  /** Durations in milliseconds. */
  readonly durations: number[];
  /** Numbers of responses with status 4xx and 5xx. */
  refused: number;
  failed: number;
}

/** View of the mounted documents, their operations, and what calls them. */
export function operationsView(state: CockpitState): DeveloperView {
  return {
    async show({ path: [name, operationId] }): Promise<ViewPage | undefined> {
      const apis = programOf(state).services.flatMap(({ api }) => api === undefined ? [] : [api]);
      const calls = await countCalls(state.recorder.summaries());
      if (name === undefined) return { sections: apis.map((api) => tableOf(api, calls)), isLive: true };
      const api = apis.find((each) => each.name === name);
      const operation = api?.routes.find((route) => route.operation.operationId === operationId)?.operation;
      return api && operation && await operationPage(state, { api, operation, calls });
    },
  };
}

type CallsByRoute = ReadonlyMap<string, Calls>;

async function countCalls(requests: AsyncIterable<RequestSummary>): Promise<CallsByRoute> {
  const found = new Map<string, Calls>();
  for await (const { method, route, status, ms } of requests) {
    const key = `${method} ${route}`;
    const calls = found.get(key) ?? { durations: [], refused: 0, failed: 0 };
    calls.durations.push(ms);
    if (status >= 500) calls.failed++;
    else if (status >= 400) calls.refused++;
    found.set(key, calls);
  }
  return found;
}

function tableOf(api: ApiModule, calls: CallsByRoute): ViewTable {
  const document: ShownDocument = JSON.parse(api.document);
  return {
    kind: "table",
    title: `${document.info.title} ${document.info.version}`,
    columns: ["Operation", "Summary", "Scopes", "Calls", "4xx", "5xx", "p99"],
    rows: api.routes.map(({ operation }) => {
      const { operationId, method, path } = operation;
      const { requests, refused, failed, p99 } = figuresOf(operation, calls);
      return {
        cells: [
          { text: `${method} ${path}`, link: { view: "operations", path: [api.name, operationId] } },
          shownOf(document, operation).summary ?? "",
          scopesOf(operation),
          ...[requests, refused, failed, p99],
        ],
      };
    }),
    empty: "It has no operations.",
  };
}

function shownOf({ paths }: ShownDocument, { method, path }: Operation): ShownOperation {
  return paths?.[path]?.[method.toLowerCase()] ?? {};
}

/** Returns the alternatives of what a caller needs. */
function scopesOf({ security }: Operation): string {
  const texts = security.map((schemes) =>
    schemes.map(({ scheme, scopes }) => scopes.length === 0 ? scheme : scopes.join(" ")).join(" and ")
  );
  if (texts.length === 0) return "public";
  // Schemes that need the same scopes count once.
  return [...new Set(texts.map((text) => text === "" ? "public" : text))].join(" or ");
}

/** Returns the figures of recorded calls, with a link to them. */
function figuresOf({ method, path: route }: Operation, calls: CallsByRoute): {
  readonly requests: {
    readonly text: string;
    readonly link: { view: string; query: Record<string, string> };
  };
  readonly refused: number;
  readonly failed: { readonly text: string; readonly isBad: boolean };
  readonly p99: string;
} {
  const { durations, refused, failed } = calls.get(`${method} ${route}`) ??
    { durations: [], refused: 0, failed: 0 };
  const slow = durations.toSorted((a, b) => a - b)[Math.ceil(durations.length * 0.99) - 1];
  return {
    requests: { text: String(durations.length), link: { view: "requests", query: { method, route } } },
    refused,
    failed: { text: String(failed), isBad: failed > 0 },
    p99: slow === undefined ? "" : `${slow.toFixed(slow < 10 ? 2 : 0)} ms`,
  };
}

/** Options of the page of one operation. */
interface OperationPageOptions {
  readonly api: ApiModule;
  readonly operation: Operation;
  readonly calls: CallsByRoute;
}

async function operationPage(
  state: CockpitState,
  { api, operation, calls }: OperationPageOptions,
): Promise<ViewPage> {
  const { method, path, operationId } = operation;
  const { summary = "", description = "", tags: [tag = "default"] = [] } = shownOf(
    JSON.parse(api.document),
    operation,
  );
  const { requests, refused, failed, p99 } = figuresOf(operation, calls);
  const links = [
    {
      text: "API reference",
      link: { url: `/docs?document=${api.name}#/${encodeURIComponent(tag)}/${operationId}` },
    },
    { text: "OpenAPI document", link: { url: `/openapi/${api.name}.json` } },
  ];
  return {
    title: `${method} ${path}`,
    sections: [
      {
        kind: "facts",
        facts: [
          ["Operation", operationId],
          ["Summary", summary],
          ...(description === "" ? [] : [["Description", description] as const]),
          ["Scopes", scopesOf(operation)],
          ["Recorded calls", requests],
          ["Of these, 4xx", refused],
          ["Of these, 5xx", failed],
          ["99th percentile", p99 === "" ? "no calls" : p99],
        ],
      },
      { kind: "bar", links: programOf(state).hasReference ? links : [] },
      ...await handlerOf(state, { document: api.name, operationId }),
    ],
  };
}

/** Returns the lines of the handler, if the sources are here. */
async function handlerOf(
  { options: { root } }: CockpitState,
  operation: { readonly document: string; readonly operationId: string },
): Promise<readonly ViewSection[]> {
  const handler = await findHandler(root, operation);
  if (handler === undefined) return [{ kind: "note", text: "Its handler was not found in the sources." }];
  const { path, file, line } = handler;
  const { first, lines } = await readSource(path, { root, line });
  const link = { url: `vscode://file${path}:${line}` };
  return [
    { kind: "lines", title: `Handler in ${file}:${line}`, lines, first, marked: line },
    { kind: "bar", links: [{ text: "Open the handler in the editor", link }] },
  ];
}
