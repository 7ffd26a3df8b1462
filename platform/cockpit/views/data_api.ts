import type { OfferedView, ViewPlace } from "@archway/service_kit/developer_view.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { fieldOf, type ViewEndpoint, ViewError, type ViewRequest } from "./view_endpoint.ts";

/** Endpoints of all views that are pages of data, drawn by data_view.js. */
export const dataEndpoints: readonly ViewEndpoint[] = [
  { method: "GET", path: "/views", handle: list },
  { method: "GET", path: "/views/{name}", handle: show },
  { method: "POST", path: "/views/{name}", handle: act },
];

/** Returns the views of the cockpit, and behind them those that services offer. */
function viewsOf(state: CockpitState): readonly OfferedView[] {
  const own: readonly OfferedView[] = [
    {
      name: "operations",
      title: "Operations",
      open: async () => (await import("./operations_view.ts")).operationsView(state),
    },
    {
      name: "tables",
      title: "Tables",
      open: async () => (await import("./tables_view.ts")).tablesView(state),
    },
    {
      name: "migrations",
      title: "Migrations",
      open: async () => (await import("./migrations_view.ts")).migrationsView(state),
    },
    {
      name: "idempotency",
      title: "Idempotency keys",
      open: async () => (await import("./idempotency_view.ts")).idempotencyView(state),
    },
    {
      name: "inbox",
      title: "Inbox",
      open: async () => (await import("./inbox_view.ts")).inboxView(state.inbox),
    },
  ];
  return [...own, ...state.program?.services.flatMap(({ developer }) => developer?.views ?? []) ?? []];
}

function list({ state }: ViewRequest): readonly Pick<OfferedView, "name" | "title">[] {
  return viewsOf(state).map(({ name, title }) => ({ name, title }));
}

/** Returns a page. `at` is its place as in the fragment of the address: "public/accounts?order=asc". */
async function show({ state, parameters, query }: ViewRequest): Promise<unknown> {
  const view = await find(state, parameters["name"]).open();
  const page = await view.show(placeOf(query.get("at") ?? ""));
  if (page === undefined) {
    throw new ViewError(404, "There is no such page, or what it showed exists no longer");
  }
  return page;
}

function placeOf(at: string): ViewPlace {
  const [path = "", search = ""] = at.split("?", 2);
  return {
    path: path === "" ? [] : path.split("/").map(decodeURIComponent),
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** Runs the action of a button. */
async function act({ state, parameters, body }: ViewRequest): Promise<unknown> {
  const view = await find(state, parameters["name"]).open();
  const [action, values] = [fieldOf(body, "action"), fieldOf(body, "values")];
  if (view.act === undefined || typeof action !== "string") {
    throw new ViewError(404, "There is no such action");
  }
  const texts = Object.entries(values ?? {}).map(([name, value]) => [name, String(value)] as const);
  return { message: await view.act({ action, values: Object.fromEntries(texts) }) };
}

function find(state: CockpitState, name: string | undefined): OfferedView {
  const found = viewsOf(state).find((view) => view.name === name);
  if (found === undefined) throw new ViewError(404, "The program has no such view");
  return found;
}
