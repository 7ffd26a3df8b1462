import { ask, type Client, deleteItem } from "./client.ts";
import { judgeAnswers } from "./judge_answers.ts";
import { MalformedAnswer, type RawAnswer } from "./parse_answers.ts";
import { type Placeholders, renderRequest } from "./render_request.ts";
import { type Field, type Row, utf8 } from "./row.ts";
import { RowSetups } from "./row_setups.ts";
import { type Received, sendBytes } from "./send_bytes.ts";
import type { Suite } from "./suite.ts";

/** How rows are run. */
export interface RunOptions {
  /**
   * Header fields of every request, e.g. credentials. Rows that send broken requests by themselves have them too.
   *
   * @default {[]}
   */
  readonly fields?: readonly Field[];
  /** Rows at the same time. @default {8} */
  readonly concurrency?: number;
  /** When something that does not come has not come, in milliseconds. @default {20_000} */
  readonly timeoutMs?: number;
}

/** Result of a row. */
export interface RowResult {
  /** List of the suite. */
  readonly list: string;
  readonly theme: string;
  readonly row: string;
  /** The statuses that were answered. */
  readonly answered: readonly number[];
  /** What is wrong; empty: nothing. */
  readonly faults: readonly string[];
}

/** The beginning of everything that is planted in requests and must be found in no answer and in no log. */
export const MARKER = "qzplantedzq";

/** Runs every row of some suites against a program and returns the results in their order. */
export async function runSuites(
  url: string,
  suites: readonly Suite[],
  { fields = [], concurrency = 8, timeoutMs = 20_000 }: RunOptions = {},
): Promise<readonly RowResult[]> {
  await using stack = new AsyncDisposableStack();
  const rows = suites.flatMap((suite) => {
    const client: Client = { origin: new URL(url), suite, fields, timeoutMs };
    const setups = stack.use(new RowSetups(client));
    return suite.themes.flatMap(({ name, rows }) =>
      rows.map((row) => ({ client, setups, theme: name, row }))
    );
  });
  const results: RowResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < rows.length; index = next++) {
      const entry = rows[index];
      if (entry === undefined) return;
      const { client, theme, row } = entry;
      const outcome = await runRow(row, { ...entry, marker: `${MARKER}${index}x` });
      results[index] = { list: client.suite.list, theme, row: row.name, ...outcome };
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

type Outcome = Pick<RowResult, "answered" | "faults">;

async function runRow(
  row: Row,
  { client, setups, marker }: {
    readonly client: Client;
    readonly setups: RowSetups;
    readonly marker: string;
  },
): Promise<Outcome> {
  let answered: readonly number[] = [];
  const faults: string[] = [];
  try {
    await using setup = await setups.prepare(row);
    const placeholders = { ...placeholdersOf(client.suite), ...setup.placeholders, marker };
    const pieces = renderRequest(row, placeholders, { host: client.origin.host, fields: client.fields });
    const received = await sendBytes(client.origin, pieces, {
      client: row.client ?? "reads",
      timeoutMs: client.timeoutMs,
    });
    answered = received.answers.map(({ status }) => status);
    faults.push(...judgeAnswers(row, received, marker), ...await lookAfter(client, row, received));
  } catch (error) {
    if (!(error instanceof MalformedAnswer && row.expect.speaks !== undefined)) faults.push(faultOf(error));
  }
  return { answered, faults };
}

/** Placeholders that every row of a suite has. */
function placeholdersOf({ list, document, sample }: Suite): Placeholders {
  const fresh = crypto.randomUUID();
  const all = { list, document, fresh, freshcapitals: fresh.toUpperCase() };
  if (sample === undefined) return all;
  const body = utf8(JSON.stringify(sample));
  return { ...all, sample: body, length: String(body.length), hexlength: body.length.toString(16) };
}

/** Reads what was created, deletes it, and makes sure that whoever comes next is served. */
async function lookAfter(client: Client, { expect }: Row, { answers }: Received): Promise<string[]> {
  const faults: string[] = [];
  for (const answer of answers) {
    const location = answer.headers.get("location");
    const data = expect.data === "sample" ? client.suite.sample : expect.data;
    if (data !== undefined) {
      faults.push(...compare(data, parse(answer), "in the answer"));
      if (location !== undefined) {
        const body = await (await ask(client, location)).json();
        faults.push(...compare(data, body, "when it is read again"));
      }
    }
    if (answer.status === 201 && location !== undefined) await deleteItem(client, location);
  }
  const next = await ask(client, `${client.suite.list}?limit=1`);
  await next.body?.cancel();
  if (next.status !== 200) faults.push(`the next request is answered ${next.status}`);
  return faults;
}

function parse({ body }: RawAnswer): unknown {
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(body, (character) => character.charCodeAt(0))));
}

function compare(wanted: Readonly<Record<string, unknown>>, body: unknown, where: string): string[] {
  const { data = {} }: { data?: Record<string, unknown> } = Object(body);
  return Object.entries(wanted)
    .filter(([name, value]) => data[name] !== value)
    .map(([name]) => `${name} is another one ${where}`);
}

function faultOf(error: unknown): string {
  if (error instanceof MalformedAnswer) return error.message;
  return `could not be run: ${error instanceof Error ? error.message : "something went wrong"}`;
}
