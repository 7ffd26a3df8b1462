import { basename, join, resolve } from "node:path";
import type { CorpusError, DocumentReport, ReportPart } from "./document_report.ts";
import type { ExamineTask } from "./examine_document.ts";

const ROOT = resolve(import.meta.dirname ?? ".", "../..");

/** Memory for JavaScript objects of the process of one document, in MB, as in `deno task gen`, and its longest duration. */
const MAX_HEAP_MB = 1536;
const TIMEOUT_MS = 300_000;

/** Stages of the examination. */
export interface RunDocumentOptions {
  readonly check: boolean;
  readonly boot: boolean;
}

/** Examines a document in a process and a folder of its own, so that a failure does not affect others. */
export async function runDocument(path: string, options: RunDocumentOptions): Promise<DocumentReport> {
  const folder = await Deno.makeTempDir({ prefix: "archway_corpus_" });
  try {
    const parts = await examined({ document: resolve(path), folder, boot: options.boot });
    const name = basename(path);
    const report: DocumentReport = { name, errors: [], ...Object.assign({}, ...parts) };
    if (report.generation === undefined) return report;
    const errors = [...report.errors, ...(report.probes ?? []).flatMap(({ failures }) => failures)];
    if (!options.check) return { ...report, errors };
    const check = await typeCheck(join(folder, "api"));
    return {
      ...report,
      check: { ok: check.errors.length === 0, seconds: check.seconds },
      errors: [
        ...errors,
        ...check.errors,
      ],
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function examined(task: ExamineTask): Promise<readonly ReportPart[]> {
  const program = join(import.meta.dirname ?? ".", "examine_document.ts");
  const { stdout, stderr, code, signal } = await run([
    ...["run", "--quiet", "--no-check", "-P=test", `--v8-flags=--max-old-space-size=${MAX_HEAP_MB}`],
    ...[program, JSON.stringify(task)],
  ]);
  const parts: ReportPart[] = stdout.split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
  if (code === 0 || parts.some(({ errors }) => errors !== undefined)) return parts;
  const kind = signal === null ? `the process ended with code ${code}` : `the process ended by ${signal}`;
  return [...parts, { errors: [{ kind, detail: stderr.slice(-2000) }] }];
}

async function typeCheck(
  folder: string,
): Promise<{ readonly seconds: number; readonly errors: readonly CorpusError[] }> {
  const start = performance.now();
  const { stderr, code } = await run(["check", "--quiet", `--config=${join(ROOT, "deno.json")}`, folder]);
  const seconds = (performance.now() - start) / 1000;
  if (code === 0) return { seconds, errors: [] };
  const found = [...stderr.matchAll(/^(TS\d+) \[ERROR\]: (.*)$/gm)].map(([, id = "", detail = ""]) => ({
    kind: `deno check: ${id}`,
    detail,
  }));
  return {
    seconds,
    errors: found.length > 0 ? found : [{ kind: "deno check failed", detail: stderr.slice(0, 2000) }],
  };
}

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly signal: string | null;
}

async function run(args: readonly string[]): Promise<Finished> {
  const abort = AbortSignal.timeout(TIMEOUT_MS);
  const { stdout, stderr, code, signal } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    signal: abort,
  }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), code, signal };
}
