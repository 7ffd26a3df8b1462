import { arrayOf, type JsonObject } from "@archway/service_kit/json_object.ts";
import { OpenApiDocument } from "@archway/service_kit/openapi_document.ts";
import type { CommandProgram } from "@archway/service_kit/command_program.ts";
import { type DeveloperTool, developerTool, ToolInputError } from "./developer_tool.ts";
import { readSchema } from "./read_schema.ts";

const TEXT = { type: "string" };

const requests = developerTool({
  name: "dev_requests",
  title: "List recorded requests",
  description:
    "The last requests, newest first: of a running `dev`, else of this process. dev_request shows one with " +
    "its spans, statements, log and errors.",
  input: {
    status: { ...TEXT, description: "Begin of the status, such as 5 for all 5xx" },
    method: { ...TEXT, description: "Method, such as POST" },
    path: { ...TEXT, description: "Part of the path or request ID" },
    limit: { type: "integer", minimum: 1, maximum: 200, description: "Default: 20" },
  },
  async run({ limit = 20, ...filter }, program): Promise<JsonObject> {
    const query = new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]));
    const { from, value } = await readTool(`/api/requests?${query}`, program);
    return { recordedBy: from, requests: arrayOf(value).slice(0, Number(limit)) };
  },
});

const request = developerTool({
  name: "dev_request",
  title: "Show a recorded request",
  description:
    "A recorded request: headers without secrets, bodies, spans with SQL statements, log, and errors with " +
    "their stack.",
  input: { id: { type: "integer", description: "id of dev_requests" } },
  async run({ id }, program): Promise<JsonObject> {
    if (id === undefined) throw new ToolInputError("id is required; dev_requests lists them.");
    const { from, value } = await readTool(`/api/requests/${id}`, program);
    return { recordedBy: from, request: value };
  },
});

const schema = developerTool({
  name: "dev_schema",
  title: "Show the database schema",
  description: "Tables of the database with their columns, constraints and indexes.",
  input: { table: { ...TEXT, description: "Name of one table; all without it" } },
  async run({ table }, program): Promise<JsonObject> {
    const { pool } = program;
    if (pool === undefined) return await viewOf("tables", table, program);
    const tables = await readSchema(pool);
    const found = table === undefined ? tables : tables.filter(({ name }) => name === table);
    if (found.length > 0 || table === undefined) return { tables: found };
    throw new ToolInputError(
      `No table ${JSON.stringify(table)}. There are ${tables.map(({ name }) => name).join(", ")}.`,
    );
  },
});

const problems = developerTool({
  name: "dev_problems",
  title: "Explain problem types",
  description: "Problem types of the API (RFC 9457): all, or one with its cause and what to do.",
  input: { type: { ...TEXT, description: "Type such as /problems/not-found, or not-found" } },
  async run({ type = "" }, { send }): Promise<JsonObject> {
    const slug = String(type).split("/").at(-1) ?? "";
    const headers = { Accept: "application/json" };
    const response = await send(
      new Request(`http://127.0.0.1/problems/${encodeURIComponent(slug)}`, { headers }),
    );
    const value = await response.json();
    if (response.ok) return slug === "" ? { problems: arrayOf(value.data) } : { problem: value };
    throw new ToolInputError(
      `No problem type ${JSON.stringify(type)}; dev_problems without arguments lists them.`,
    );
  },
});

const migrations = developerTool({
  name: "dev_migrations",
  title: "Show migrations",
  description:
    "Applied and pending migrations, and statements that block the running version or make it fail.",
  input: { lint: { ...TEXT, enum: ["pending", "all"], description: "Files to check. Default: pending" } },
  async run({ lint = "pending" }, program): Promise<JsonObject> {
    if (lint !== "pending" && lint !== "all") throw new ToolInputError("lint must be pending or all.");
    const status = await program.migrationStatus();
    const pending = status?.flatMap(({ state, fileName }) =>
      (state === "pending" || state === "out-of-order") && fileName !== undefined ? [fileName] : []
    );
    return {
      ...(status === undefined ? await viewOf("migrations", undefined, program) : { migrations: status }),
      findings: await program.lintMigrations(lint === "all" ? undefined : pending),
    };
  },
});

const view = developerTool({
  name: "dev_view",
  title: "Show a page of the cockpit",
  description:
    "A page of the cockpit as data, such as operations with their calls, rows of tables, idempotency keys, " +
    "webhooks or jobs. Links of a page name a view and a place in it.",
  input: {
    name: { ...TEXT, description: "Name of the view; the names of all without it" },
    at: {
      ...TEXT,
      description: "Place in the view, such as public/profiles in tables. Default: its first page",
    },
  },
  async run({ name, at }, program): Promise<JsonObject> {
    if (name !== undefined) return await viewOf(String(name), at, program);
    const { from, value } = await readTool("/api/views", program);
    return { shownBy: from, views: value };
  },
});

const documents = developerTool({
  name: "dev_documents",
  title: "Show the OpenAPI documents",
  description: "OpenAPI documents of the program with their operations, or one of them as a whole.",
  input: { name: { ...TEXT, description: "Document to show as a whole" } },
  run({ name }, { services }): Promise<JsonObject> {
    const apis = services.flatMap(({ api }) => api === undefined ? [] : [api]);
    if (name === undefined) {
      return Promise.resolve({
        documents: apis.map((api) => ({
          name: api.name,
          operations: operationsOf(api.document),
        })),
      });
    }
    const found = apis.find((api) => api.name === name);
    if (found === undefined) {
      throw new ToolInputError(
        `No document ${JSON.stringify(name)}. There are ${apis.map((api) => api.name).join(", ")}.`,
      );
    }
    return Promise.resolve({ document: JSON.parse(found.document) });
  },
});

const configuration = developerTool({
  name: "dev_configuration",
  title: "Show the configuration",
  description:
    "Every setting with its value and source, without secrets, and the errors of the configuration.",
  run: (_, { settings }) => Promise.resolve({ ...settings() }),
});

/** Tools for developers by name. */
export const DEVELOPER_TOOLS: ReadonlyMap<string, DeveloperTool> = new Map(
  [requests, request, view, schema, problems, migrations, documents, configuration].map((tool) => [
    tool.definition.name,
    tool,
  ]),
);

function operationsOf(text: string): readonly unknown[] {
  const { operations } = new OpenApiDocument(text);
  return [...operations].map(([operationId, { method, operation }]) => ({
    operationId,
    method,
    summary: operation["summary"],
  }));
}

/** Reads a page of the cockpit; needed where another process has the database, too. */
async function viewOf(name: string, at: unknown, program: CommandProgram): Promise<JsonObject> {
  const place = at === undefined ? "" : `?at=${encodeURIComponent(String(at))}`;
  const { from, value } = await readTool(`/api/views/${encodeURIComponent(name)}${place}`, program);
  return { shownBy: from, page: value };
}

/** Reads a path of the cockpit: that of `dev`, if it runs, else that of this process. */
async function readTool(
  path: string,
  { sendToTool, servedBy }: CommandProgram,
): Promise<{ readonly from: string; readonly value: unknown }> {
  const sent = await sendToTool(path);
  if (sent === undefined) {
    throw new ToolInputError(
      "This program has no cockpit, or COCKPIT is false: it records and shows nothing.",
    );
  }
  const { url, response } = sent;
  const value = await response.json();
  if (response.ok) return { from: url ?? "this process; no `dev` with a cockpit runs at its address", value };
  throw new ToolInputError(
    String(value?.error ?? `${servedBy ?? "The cockpit"} responded with ${response.status}`),
  );
}
