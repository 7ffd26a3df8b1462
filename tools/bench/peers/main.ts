import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import { numberOption } from "../number_option.ts";
import { progress } from "../progress.ts";
import { type LoadSetting, loadSettings } from "../scenario.ts";
import { measurePeers, PEER_NAMES, PEER_ROWS } from "./measure_peers.ts";
import { renderRow, writePerformance } from "./performance_page.ts";
import type { PeersReport } from "./peers_report.ts";

const SETTINGS = loadSettings({ rounds: 7, seconds: 2, connections: 32 });
const REPORT = join(PROJECT_ROOT, "dist/peers.json");

const USAGE = `Usage: deno task bench:peers [options]

Measures the service and other programs that serve the same API on one PostgreSQL: processor time per request,
requests per second, latency and memory. The figures are written to dist/peers.json too.

  --rounds <n>       ${SETTINGS.rounds.help} (default ${SETTINGS.rounds.default})
  --seconds <n>      ${SETTINGS.seconds.help} (default ${SETTINGS.seconds.default})
  --connections <n>  ${SETTINGS.connections.help} (default ${SETTINGS.connections.default})
  --only <row>       measure this row; may be repeated: ${PEER_ROWS.join(", ")}
  --peer <name>      measure this program beside ${PEER_NAMES[0]}; may be repeated:
                     ${PEER_NAMES.slice(1).join("; ")}
  --write            write docs/performance.md and docs/performance.svg
  --from <file>      write them from the figures of this file, without a run
  --help             show this
`;

/** The command line. */
interface Options {
  readonly settings: Readonly<Record<LoadSetting, number>>;
  readonly rows: readonly string[];
  readonly names: readonly string[];
  readonly write: boolean;
  readonly from: string | undefined;
}

/**
 * Returns the options of a command line; undefined if help is asked for.
 *
 * @throws {TypeError} with one sentence if something is wrong with it.
 */
export function parsePeerOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string" },
      seconds: { type: "string" },
      connections: { type: "string" },
      only: { type: "string", multiple: true, default: [...PEER_ROWS] },
      peer: { type: "string", multiple: true, default: [...PEER_NAMES] },
      write: { type: "boolean", default: false },
      from: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  for (const [option, known] of [["only", PEER_ROWS], ["peer", PEER_NAMES]] as const) {
    const unknown = values[option].find((name) => !known.some((each) => each === name));
    if (unknown === undefined) continue;
    throw new TypeError(`--${option} ${unknown} is unknown: expected one of ${known.join(", ")}`);
  }
  const setting = (name: LoadSetting): number => {
    const text = values[name];
    const { default: value, ...rule } = SETTINGS[name];
    return text === undefined ? value : numberOption(text, { ...rule, name: `--${name}` });
  };
  return {
    settings: {
      rounds: setting("rounds"),
      seconds: setting("seconds"),
      connections: setting("connections"),
    },
    rows: values.only,
    names: values.peer,
    write: values.write || values.from !== undefined,
    from: values.from,
  };
}

async function measure({ settings, rows, names }: Options, signal: AbortSignal): Promise<PeersReport> {
  await Deno.mkdir(dirname(REPORT), { recursive: true });
  await using stack = new AsyncDisposableStack();
  const run = { settings, parts: rows, against: undefined, data: undefined, stack, signal };
  const report = await measurePeers(run, { names, rows });
  await Deno.writeTextFile(REPORT, `${JSON.stringify(report, null, 2)}\n`);
  for (const [row, results] of Object.entries(report.rows)) {
    await Deno.stdout.write(new TextEncoder().encode(`\n${row}:\n\n${renderRow(results)}\n`));
  }
  return report;
}

/** Returns the exit code: 0, 1 if measuring failed, 2 on bad usage, 130 after a signal. */
async function main(args: string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = parsePeerOptions(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    progress(`${error.message}; see deno task bench:peers --help`);
    return 2;
  }
  if (options === undefined) {
    await Deno.stdout.write(new TextEncoder().encode(USAGE));
    return 0;
  }
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => stopping.abort());
  try {
    const report: PeersReport = options.from === undefined
      ? await measure(options, stopping.signal)
      : JSON.parse(await Deno.readTextFile(options.from));
    if (options.write) await writePerformance(report);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    progress(error instanceof Error ? error.message : "The bench failed");
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
