import { ask, type Client, deleteItem, linkedPath, SetupError } from "./client.ts";
import type { ApiDocument } from "./derived/api_document.ts";
import { compareData, describeStatuses, judgeResponses } from "./judge_responses.ts";
import { MalformedResponse, parseBody } from "./parse_responses.ts";
import { fill, renderRequest } from "./render_request.ts";
import type { Field, Placeholders, Row, Theme } from "./row.ts";
import { RowSetups } from "./row_setups.ts";
import { type Received, sendBytes } from "./send_bytes.ts";
import { skipReason } from "./skip_reason.ts";

/** Rows about one document. */
export interface Batch {
  /** Name of the document. */
  readonly name: string;
  readonly api: ApiDocument;
  readonly themes: readonly Theme[];
  /** Placeholders of all rows; `{get}` is requested after rows that may have harmed the service. */
  readonly placeholders: Placeholders;
}

/** Settings of a run. */
export interface RunOptions {
  /** Header fields of every request, e.g. credentials, also of malformed ones. @default {[]} */
  readonly fields?: readonly Field[];
  /** Whether house rules apply: the service is built with Archway. @default {true} */
  readonly isHouse?: boolean;
  /** Rows at the same time. @default {8} */
  readonly concurrency?: number;
  /** Maximum time of a row, in milliseconds. @default {20_000} */
  readonly timeoutMs?: number;
}

/** Result of a row. */
export interface RowResult {
  readonly document: string;
  readonly theme: string;
  readonly row: string;
  /** Method and target, or the beginning of what was sent. */
  readonly line: string;
  /** Expected statuses, with the section that requires them. */
  readonly expected: string;
  readonly statuses: readonly number[];
  /** Differences from what is expected; empty if there are none. */
  readonly faults: readonly string[];
  /** Reason why nothing was sent. */
  readonly skipped?: string;
}

/** The beginning of everything that is planted in requests and must be found in no response and in no log. */
export const MARKER = "qzplantedzq";

/** Sends the rows of documents to a program and returns the results in their order. */
export async function runRows(
  url: string,
  batches: readonly Batch[],
  { fields = [], isHouse = true, concurrency = 8, timeoutMs = 20_000 }: RunOptions = {},
): Promise<readonly RowResult[]> {
  await using stack = new AsyncDisposableStack();
  const client: Client = { origin: new URL(url), fields, timeoutMs };
  const entries = batches.flatMap((batch) => {
    const setups = stack.use(new RowSetups(client, isHouse));
    return batch.themes.flatMap((theme) => theme.rows.map((row) => ({ batch, setups, theme, row })));
  });
  const results: RowResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index];
      if (entry === undefined) return;
      const { batch, theme, row } = entry;
      const { section = theme.section, status } = row.expect;
      const expected = describeStatuses(row.isHouseRule && !isHouse ? "any" : status);
      results[index] = {
        document: batch.name,
        theme: theme.name,
        row: row.name,
        line: fill(lineOf(row), batch.placeholders),
        expected: section === undefined ? expected : `${expected} (${section})`,
        ...await runRow(client, { ...entry, isHouse, marker: `${MARKER}${index}x` }),
      };
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

type Outcome = Pick<RowResult, "statuses" | "faults" | "skipped">;

interface RowOptions {
  readonly batch: Batch;
  readonly row: Row;
  readonly setups: RowSetups;
  readonly isHouse: boolean;
  readonly marker: string;
}

/** Sends a row, and once more with an item of its own if another row has changed the one that both share. */
async function runRow(client: Client, options: RowOptions): Promise<Outcome> {
  const outcome = await sendRow(client, options);
  const isRepeated = outcome.faults.length > 0 && await options.setups.isChanged(options.row);
  return isRepeated ? await sendRow(client, { ...options, isOwn: true }) : outcome;
}

async function sendRow(
  client: Client,
  { batch, row, setups, isHouse, marker, isOwn = false }: RowOptions & { readonly isOwn?: boolean },
): Promise<Outcome> {
  let statuses: readonly number[] = [];
  const faults: string[] = [];
  try {
    await using setup = await setups.prepare(row, { isOwn });
    const fresh = crypto.randomUUID();
    const own = { ...setup.placeholders, fresh, freshcapitals: fresh.toUpperCase(), marker };
    const item = fill(batch.placeholders["item"] ?? "", setup.placeholders);
    const placeholders: Placeholders = { ...batch.placeholders, ...own, item };
    const pieces = renderRequest(row, placeholders, { host: client.origin.host, fields: client.fields });
    const { timeoutMs } = client;
    const received = await sendBytes(client.origin, pieces, { client: row.client ?? "reads", timeoutMs });
    statuses = received.responses.map(({ status }) => status);
    const rules = { marker, isHouse, api: batch.api };
    const skipped = await skipReason(client, { row, target: fill(targetOf(row), placeholders), statuses });
    if (skipped !== undefined) {
      const expect: Row["expect"] = { ...row.expect, status: "any", headers: {}, fault: [] };
      faults.push(...judgeResponses({ expect }, received, rules));
      if (faults.length === 0) return { statuses, faults, skipped };
      return { statuses, faults };
    }
    faults.push(...judgeResponses(row, received, rules));
    faults.push(...await inspect(client, { row, received, isHouse, get: placeholders["get"] }));
  } catch (error) {
    if (error instanceof SetupError) return { statuses, faults, skipped: error.message };
    if (!(error instanceof MalformedResponse && row.expect.speaks !== undefined)) faults.push(faultOf(error));
  }
  return { statuses, faults };
}

interface Inspection {
  readonly row: Row;
  readonly received: Received;
  readonly isHouse: boolean;
  readonly get: string | undefined;
}

/** Reads what was created, deletes it, and checks that the service goes on. */
async function inspect(client: Client, { row, received, isHouse, get }: Inspection): Promise<string[]> {
  const faults: string[] = [];
  const { data, by } = row.expect;
  for (const response of received.responses) {
    const link = response.headers.get("location");
    const location = link === undefined ? undefined : linkedPath(link, client.origin);
    if (isHouse && link !== undefined && location === undefined) faults.push("Location is of another origin");
    if (data !== undefined && response.status < 300 && (isHouse || !row.isHouseRule)) {
      faults.push(...compareData(data, parseBody(response)));
      if (location !== undefined) {
        faults.push(...compareData(data, await (await ask(client, location)).json()));
      }
    }
    if (response.status === 201 && location !== undefined) await deleteItem(client, location);
  }
  if ((by !== "platform" && received.responses.length > 0) || get === undefined) return faults;
  const next = await ask(client, get);
  await next.body?.cancel();
  const isServed = isHouse ? next.ok : next.status < 500;
  return isServed ? faults : [...faults, `the next request gets ${next.status}`];
}

function targetOf({ request }: Row): string {
  return typeof request === "object" && "line" in request ? request.line.replace(/^\S* /, "") : "";
}

function lineOf({ request }: Row): string {
  const text = typeof request === "object" && "line" in request ? request.line : [request].flat().join("");
  const line = text.trimStart().split(/ HTTP\/|[\r\n]/)[0] ?? "";
  return line.length <= 80 ? line : `${line.slice(0, 80)}…`;
}

function faultOf(error: unknown): string {
  if (error instanceof MalformedResponse) return error.message;
  return `could not be sent: ${error instanceof Error ? error.message : "unknown error"}`;
}
