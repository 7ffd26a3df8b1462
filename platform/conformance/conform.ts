import { ask, type Client, limitBody } from "./client.ts";
import type { ApiDocument } from "./derived/api_document.ts";
import { conformHistory } from "./conform_history.ts";
import { deriveBatches, fetchSubjects, findUnwritten, type Subject } from "./derive_batches.ts";
import { parseApiDocument, type ParseDocument } from "./parse_api_document.ts";
import { type Batch, type RowResult, runRows } from "./run_rows.ts";
import type { Suite } from "./suite.ts";
import type { ConformOptions } from "./conform_options.ts";
import { GENERAL, TRANSPORT } from "./general_rows.ts";

/** Outcome of a run: a line for each row that failed, with a summary, and whether all passed. */
export interface Conformance {
  readonly report: string;
  readonly isPassed: boolean;
}

/** Additions of a checkout, which an executable lacks. */
export interface ConformSources {
  /** Suites of the services of this project, for programs of Archway. @default {[]} */
  readonly suites?: readonly Suite[];
  /** Reads the document of the options. @default {@link parseApiDocument} */
  readonly parse?: ParseDocument;
}

/**
 * Sends the tests to a program.
 *
 * @throws {TypeError} when the program or a document cannot be read, or no test is selected.
 */
export async function conform(
  options: ConformOptions,
  { suites = [], parse = parseApiDocument }: ConformSources = {},
): Promise<Conformance> {
  const { url, fields, isFull, only = "" } = options;
  const client: Client = { origin: new URL(url), fields, timeoutMs: 20_000 };
  await ask(client, "/").then((response) => response.body?.cancel(), (cause) => {
    throw new TypeError(`No response from ${url}: start the program, or correct the address`, { cause });
  });
  const isHouse = options.document === undefined;
  const subjects = options.document === undefined ? await fetchServed(client, suites) : [{
    api: await readDocument(options.document, parse),
    suite: { document: options.document.split("/").at(-1) ?? "" },
  }];
  if (options.history !== undefined) {
    return await conformHistory(subjects, { url, fields, ...options.history });
  }
  const hasCredentials = fields.some(([name]) => name.toLowerCase() === "authorization");
  const probed = await Promise.all(
    subjects.map(async (subject) => ({ ...subject, unwritten: await findUnwritten(client, subject) })),
  );
  const batches = deriveBatches(probed, { general: isHouse ? GENERAL : TRANSPORT, isFull, hasCredentials });
  const selection = batches.map((batch) => selected(batch, only));
  if (selection.every(({ themes }) => themes.every(({ rows }) => rows.length === 0))) {
    throw new TypeError(
      `No test matches --only ${JSON.stringify(only)}: expected a part of "document theme: row"`,
    );
  }
  return summarize(await runRows(url, selection, { fields, isHouse }));
}

/**
 * Reads the documents of a program: of the services of this project, and others that its index lists.
 *
 * @throws {TypeError} when it serves none.
 */
export async function fetchServed(client: Client, suites: readonly Suite[]): Promise<readonly Subject[]> {
  const index = await ask(client, "/openapi");
  const listed = index.ok ? [...(await index.text()).matchAll(/\/openapi\/([\w-]+)\.json/g)] : [];
  if (!index.ok) await index.body?.cancel();
  const names = new Set(listed.map(([, name = ""]) => name));
  const own = suites.filter(({ document }) => names.size === 0 || names.has(document));
  const others = [...names].filter((name) => !own.some(({ document }) => document === name));
  const all = [...own, ...others.map((document) => ({ document }))];
  const missing = `${client.origin.host} does not serve its documents: use --document`;
  if (all.length === 0) throw new TypeError(missing);
  return await fetchSubjects(client, all).catch((cause) => {
    throw new TypeError(missing, { cause });
  });
}

async function readDocument(name: string, parse: ParseDocument): Promise<ApiDocument> {
  const isUrl = /^https?:/.test(name);
  const read = async (): Promise<string> => {
    if (!isUrl) return await Deno.readTextFile(name);
    const response = limitBody(await fetch(name));
    if (!response.ok) throw new Error(`status ${response.status}`);
    return await response.text();
  };
  const text = await read().catch((cause) => {
    throw new TypeError(
      `The document ${name} cannot be read: ${cause instanceof Error ? cause.message : ""}`,
      { cause },
    );
  });
  return await parse(text, { name, ...!isUrl && { file: name } });
}

function selected({ themes, ...batch }: Batch, only: string): Batch {
  return {
    ...batch,
    themes: themes.map(({ rows, ...theme }) => ({
      ...theme,
      rows: rows.filter((row) => `${batch.name} ${theme.name}: ${row.name}`.includes(only)),
    })),
  };
}

function summarize(results: readonly RowResult[]): Conformance {
  const skipped = Map.groupBy(results.filter((one) => one.skipped !== undefined), (one) => one.skipped);
  const sent = results.filter((one) => one.skipped === undefined);
  const failed = sent.filter(({ faults }) => faults.length > 0);
  const lines = [
    ...failed.map(({ line, row, expected, statuses, faults }) =>
      `${line} | sent ${JSON.stringify(row)} | expected ${expected} | received ${
        statuses.join(", ") || "nothing"
      }: ${faults.join("; ")}`
    ),
    ...[...skipped].map(([reason, rows]) => `${rows.length} skipped: ${reason}`),
    `${sent.length} requests sent, ${sent.length - failed.length} passed, ${failed.length} failed`,
  ];
  return { report: `${lines.join("\n")}\n`, isPassed: failed.length === 0 && sent.length > 0 };
}
