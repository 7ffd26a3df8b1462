import { type CommandContext, CommandError, type Progress } from "@archway/service_kit/command.ts";
import { type ExportDefinition, loadExports } from "@archway/service_kit/export_definition.ts";
import { textTable } from "@archway/service_kit/text_table.ts";
import { readExportConfig } from "../export_config.ts";
import { exportDataSet } from "../run/export_data_set.ts";
import type { ExportedDataSet, ExportOptions, ExportSummary } from "../run/export_options.ts";
import { openStorage } from "../storage/open_storage.ts";
import { parseExportArguments } from "./export_arguments.ts";

/** Maximum wait for a replica to replay the positions that are exported, before the primary is read, in milliseconds. */
const REPLICA_WAIT_MS = 60_000;

/** Runs the command `export`, and returns its exit code. */
export async function runExport(args: readonly string[], context: CommandContext): Promise<number> {
  const definitions = await loadExports(context.services);
  const parsed = parseExportArguments(args, definitions.map(({ name }) => name));
  if (parsed.action === "list") {
    await context.print(parsed.json ? `${JSON.stringify(definitions, undefined, 2)}\n` : listOf(definitions));
    return 0;
  }
  const config = context.readSettings(readExportConfig);
  const { signal } = context;
  await using database = await context.openDatabase({
    statementTimeoutMs: config.statementTimeoutMs,
    maxConnections: config.maxConnections,
    replicaWaitMs: REPLICA_WAIT_MS,
    purpose: "export",
  });
  const catalogs = context.services.flatMap(({ events }) => events === undefined ? [] : [events]);
  for (const name of parsed.dataSets) {
    const definition = definitions.find((each) => each.name === name);
    if (definition === undefined) continue;
    try {
      await using storage = await openStorage(parsed.to, { name, config, signal });
      await exportOne(definition, {
        ...{ context, storage, catalogs, connections: database.pool, full: parsed.full, json: parsed.json },
      });
    } catch (error) {
      if (isOfSystem(error)) {
        throw new CommandError(`Writing ${name} failed: ${error.message}; run the same command to continue`, {
          cause: error,
        });
      }
      if (context.stoppedWith === undefined || error !== signal.reason) throw error;
      await context.print(`Stopped while exporting ${name}; run the same command to continue\n`);
      return context.stoppedWith;
    }
  }
  return 0;
}

/** Whether the system has refused an operation, such as for want of space. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    /^E[A-Z]+$/.test(error.code);
}

interface OneOptions extends Pick<ExportOptions, "connections" | "storage" | "catalogs" | "full"> {
  readonly context: CommandContext;
  readonly json: boolean;
}

async function exportOne(
  definition: ExportDefinition,
  { context, json, ...options }: OneOptions,
): Promise<void> {
  const { name } = definition;
  const startedAt = performance.now();
  let shown: Progress | undefined;
  try {
    const summary = await exportDataSet(definition, {
      ...options,
      signal: context.signal,
      onWait: () => context.note(`Waiting for transactions that could still add to ${name}\n`),
      onProgress: (value, total) => {
        if (total === 0) return;
        shown ??= context.progress({ total, value: 0, things: `rows of ${name}` });
        shown.update(value);
      },
    });
    shown?.[Symbol.dispose]();
    const seconds = (performance.now() - startedAt) / 1000;
    await context.print((json ? lineOf : summaryOf)(name, summary, seconds));
  } finally {
    shown?.[Symbol.dispose]();
  }
}

function lineOf(dataSet: string, summary: ExportSummary, seconds: number): string {
  const exported: ExportedDataSet = { dataSet, ...summary, seconds: Number(seconds.toFixed(3)) };
  return `${JSON.stringify(exported)}\n`;
}

function summaryOf(name: string, { rows, total, files }: ExportSummary, seconds: number): string {
  const written = rows === 0 ? "no changes" : `${count(rows)} rows in ${seconds.toFixed(1)} s`;
  return `${name}: ${written}; ${count(total)} rows in ${count(files)} ${files === 1 ? "file" : "files"}\n`;
}

function listOf(definitions: readonly ExportDefinition[]): string {
  const sections = definitions.map(({ name, kind, description, columns }) => {
    const about = kind === "stream" ? "appended" : "days with changes are replaced";
    const rows = Object.entries(columns).map(([column, { type, description: meaning }]) =>
      [`  ${column}`, type, meaning] as const
    );
    return `${name}: ${description} (${about})\n${textTable(rows)}`;
  });
  return sections.length === 0 ? "No service offers a data set\n" : sections.join("\n");
}

function count(value: number): string {
  return value.toLocaleString("en");
}
