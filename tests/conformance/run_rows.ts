import { ask, type Client, deleteProfile } from "./client.ts";
import { judgeAnswers } from "./judge_answers.ts";
import { MalformedAnswer, type RawAnswer } from "./parse_answers.ts";
import { renderRequest } from "./render_request.ts";
import type { Field, Row, Theme } from "./row.ts";
import { type Received, sendBytes } from "./send_bytes.ts";
import { setUp } from "./set_up.ts";

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

/** What became of a row. */
export interface RowResult {
  readonly theme: string;
  readonly row: string;
  /** The statuses that were answered. */
  readonly answered: readonly number[];
  /** What is wrong; empty: nothing. */
  readonly faults: readonly string[];
}

/** The beginning of everything that is planted in requests and must be found in no answer and in no log. */
export const MARKER = "qzplantedzq";

/** Runs every row against a service and says what came of each, in their order. */
export async function runRows(
  url: string,
  themes: readonly Theme[],
  options: RunOptions = {},
): Promise<readonly RowResult[]> {
  const client: Client = {
    origin: new URL(url),
    fields: options.fields ?? [],
    timeoutMs: options.timeoutMs ?? 20_000,
  };
  const rows = themes.flatMap(({ name, rows }) => rows.map((row) => ({ theme: name, row })));
  const results: RowResult[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < rows.length; index = next++) {
      const entry = rows[index];
      if (entry === undefined) return;
      const { theme, row } = entry;
      results[index] = { theme, row: row.name, ...await runRow(client, row, `${MARKER}${index}x`) };
    }
  }
  await Promise.all(Array.from({ length: options.concurrency ?? 8 }, work));
  return results;
}

type Outcome = Pick<RowResult, "answered" | "faults">;

async function runRow(client: Client, row: Row, marker: string): Promise<Outcome> {
  let answered: readonly number[] = [];
  const faults: string[] = [];
  try {
    await using setting = await setUp(client, row.given, marker);
    const pieces = renderRequest(row, setting.placeholders, {
      host: client.origin.host,
      fields: client.fields,
    });
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

/** Reads what was created, deletes it, and makes sure that whoever comes next is served. */
async function lookAfter(client: Client, { expect }: Row, { answers }: Received): Promise<string[]> {
  const faults: string[] = [];
  for (const answer of answers) {
    const location = answer.headers.get("location");
    if (expect.data !== undefined) {
      faults.push(...compare(expect.data, parse(answer), "in the answer"));
      if (location !== undefined) {
        const body = await (await ask(client, location)).json();
        faults.push(...compare(expect.data, body, "when it is read again"));
      }
    }
    if (answer.status === 201 && location !== undefined) await deleteProfile(client, location);
  }
  const next = await ask(client, "/v1/profiles?limit=1");
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
