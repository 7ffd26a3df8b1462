import { join } from "node:path";
import {
  type HistoryEvent,
  operationsOf,
  parseEvent,
  whyUnchecked,
} from "@archway/conformance/history/history.ts";
import { renderViolation } from "@archway/conformance/history/violation.ts";
import { print } from "@archway/program/print.ts";
import { temporaryDirectory } from "../support/once.ts";
import { FIXTURE_PROGRAM } from "../support/program.ts";
import { services as fixtureServices } from "../support/fixture_program/services.ts";
import { services } from "../../services.ts";
import { judgeHistory, recordHistory, type Verified } from "./verify.ts";
import { parseVerifyOptions, VERIFY_USAGE, type VerifyOptions } from "./verify_options.ts";

/** Maximum number of violations that are printed; one defect causes many. */
const MAX_PRINTED = 5;

/** Maximum size of a history that is checked: all of it is in memory, several times as large. */
const MAX_BYTES = 512 * 1_048_576;

/** Returns the program of the project, or that of tests if the project has no service. */
export function verifiedProgram(): Verified {
  const hasService = services.some(({ name }) => name.endsWith("_service"));
  return hasService ? { main: "main.ts", services } : { main: FIXTURE_PROGRAM, services: fixtureServices };
}

/** `deno task verify`: records a history under faults and checks it. Returns the exit code: 1 for a violation. */
async function main(args: readonly string[]): Promise<number> {
  let options: VerifyOptions | undefined;
  try {
    options = parseVerifyOptions(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    await print(Deno.stderr, `${error.message}\n${VERIFY_USAGE}`);
    return 2;
  }
  if (options === undefined) {
    await print(Deno.stdout, VERIFY_USAGE);
    return 0;
  }
  const program = verifiedProgram();
  const events = options.check === undefined
    ? await recordTo(program, options)
    : await readHistory(options.check);
  if (events === undefined) return 1;
  const reason = whyUnchecked(events);
  if (reason !== undefined) {
    await print(Deno.stderr, `Nothing was proven by the history: ${reason}\n`);
    return 1;
  }
  const violations = await judgeHistory(events, program.services);
  const printed = violations.slice(0, MAX_PRINTED).map((violation) =>
    `\n${renderViolation(violation, events)}`
  );
  await print(
    Deno.stdout,
    `${printed.join("")}${summaryOf(events)}; ${violations.length} violations\n` +
      (violations.length > 0 && options.check === undefined ? `Repeat with --seed ${options.seed}\n` : ""),
  );
  return violations.length === 0 ? 0 : 1;
}

/** Returns the history in a file; undefined, after a message, for one that cannot be read. */
async function readHistory(path: string): Promise<readonly HistoryEvent[] | undefined> {
  try {
    return await parseFile(path);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    await print(Deno.stderr, `The history in ${path} cannot be checked: ${reason}\n`);
    return undefined;
  }
}

function reasonOf(error: unknown): string | undefined {
  const { NotFound, NotADirectory, PermissionDenied, NotCapable } = Deno.errors;
  if (error instanceof NotFound || error instanceof NotADirectory) return "there is no such file";
  if (error instanceof PermissionDenied || error instanceof NotCapable) return "it may not be read";
  return error instanceof TypeError ? error.message : undefined;
}

/** Parses a history line by line. @throws {TypeError} for a file that is none. */
export async function parseFile(path: string): Promise<readonly HistoryEvent[]> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new TypeError("it is no regular file");
  if (size > MAX_BYTES) throw new TypeError(`it has more than ${MAX_BYTES} bytes`);
  const events: HistoryEvent[] = [];
  let number = 0;
  const add = (line: string): void => {
    number++;
    if (line === "") return;
    try {
      events.push(parseEvent(line));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new TypeError(`line ${number} ${error.message}`, { cause: error });
    }
  };
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of (await Deno.open(path)).readable) {
    const [first = "", ...lines] = decoder.decode(chunk, { stream: true }).split("\n");
    rest += first;
    for (const line of lines) {
      add(rest);
      rest = line;
    }
  }
  add(rest);
  return events;
}

async function recordTo(
  program: Verified,
  { minutes, seed, history, isAsynchronous }: VerifyOptions,
): Promise<readonly HistoryEvent[]> {
  const path = history ?? join(temporaryDirectory(), `archway_history_${seed}.ndjson`);
  await print(Deno.stdout, `Recording ${minutes} minutes of ${program.main} to ${path}, seed ${seed}\n`);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  const { events, skipped } = await recordHistory({
    ...program,
    ...{ milliseconds: minutes * 60_000, seed, isAsynchronous },
    onEvent: (event) => {
      file.writeSync(encoder.encode(`${JSON.stringify(event)}\n`));
      if (event.type === "fault") Deno.stderr.writeSync(encoder.encode(`${faultLine(event)}\n`));
    },
  });
  for (const [name, reason] of skipped) await print(Deno.stdout, `${name} was left out: ${reason}\n`);
  return events;
}

function faultLine({ time, value: { fault, state } }: HistoryEvent): string {
  return `${(time / 1000).toFixed(1)} s: ${fault} ${state}`;
}

function summaryOf(events: readonly HistoryEvent[]): string {
  const operations = operationsOf(events);
  const count = (outcome: string): number => operations.filter((one) => one.outcome === outcome).length;
  const faults = events.filter(({ type, value }) => type === "fault" && value["state"] === "begins").length;
  return `${operations.length} operations (${count("ok")} ok, ${count("fail")} refused, ${
    count("unknown")
  } unknown), ${faults} faults`;
}

/** Returns an error together with those of disposals that it has led to, the first one first. */
function withSuppressed(error: unknown): unknown {
  const later: unknown[] = [];
  let first = error;
  while (first instanceof SuppressedError) {
    later.unshift(first.error);
    first = first.suppressed;
  }
  return later.length === 0 ? error : new AggregateError([first, ...later], "Recording the history failed");
}

if (import.meta.main) {
  const code = await main(Deno.args).catch((error) => {
    throw withSuppressed(error);
  });
  Deno.exit(code);
}
