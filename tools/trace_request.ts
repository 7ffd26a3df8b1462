import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Coverage } from "./trace/inspector.ts";
import { startInspectedProgram } from "./trace/inspected_program.ts";

/** Number of warm-up requests, for compilation and prepared statements. */
const WARM_UP = 20;

/** Number of measured requests. A function has to run in all of them and never in between, as timers do. */
const COUNTED = 20;

/** Files of a checkout that run during a request, sorted by path, each with its functions. */
export type Trace = ReadonlyMap<string, readonly string[]>;

/** Traces by request. */
export type Traces = Readonly<Record<"get" | "patch", Trace>>;

/**
 * Traces warm requests through the program of a checkout: a GET and a PATCH of a profile.
 *
 * @param tree Folder of the checkout.
 */
export async function traceRequests(tree: string): Promise<Traces> {
  await using program = await startInspectedProgram(tree);
  const { url, inspector } = program;
  const created = await send(`${url}/v1/profiles`, "POST", {
    body: { name: "Ada Lovelace", email: "ada@example.com" },
  });
  const profile = new URL(created.headers.get("Location") ?? "", url).href;
  let etag = created.headers.get("ETag") ?? "";
  let version = 0;

  async function get(): Promise<void> {
    await send(profile, "GET");
  }
  async function patch(): Promise<void> {
    const body = { name: `Ada Lovelace ${++version}` };
    const type = "application/merge-patch+json";
    const response = await send(profile, "PATCH", { body, type, headers: { "If-Match": etag } });
    etag = response.headers.get("ETag") ?? "";
  }
  async function trace(request: () => Promise<void>): Promise<Trace> {
    for (let i = 0; i < WARM_UP; i++) await request();
    const ran: Coverage[] = [];
    const idle: Coverage[] = [];
    while (ran.length < COUNTED) {
      await inspector.takeCoverage();
      await request();
      ran.push(await inspector.takeCoverage());
      await inspector.takeCoverage();
      idle.push(await inspector.takeCoverage());
    }
    return filesOf(ran, { idle, tree });
  }
  return { get: await trace(get), patch: await trace(patch) };
}

interface SendOptions {
  readonly body?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(url: string, method: string, options: SendOptions = {}): Promise<Response> {
  const { body, type = "application/json", headers = {} } = options;
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { ...headers, "Content-Type": type },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} failed with ${response.status}: ${text}`);
  return response;
}

interface FilesOptions {
  /** Functions that ran without a request: timers. */
  readonly idle: readonly Coverage[];
  readonly tree: string;
}

function filesOf([first = new Map(), ...others]: readonly Coverage[], { idle, tree }: FilesOptions): Trace {
  const root = `${resolve(tree)}/`;
  const files = new Map<string, string[]>();
  for (const [key, { url, name }] of first) {
    if (!others.every((other) => other.has(key)) || idle.some((other) => other.has(key))) continue;
    if (!url.startsWith("file://") || url.includes("/node_modules/")) continue;
    const path = fileURLToPath(url);
    if (path.startsWith(root)) {
      files.set(path.slice(root.length), [...files.get(path.slice(root.length)) ?? [], name]);
    }
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

/** `deno task trace [folder]`: prints the files that run during a GET and a PATCH. */
async function main([tree = resolve(import.meta.dirname ?? ".", "..")]: readonly string[]): Promise<void> {
  if (tree.startsWith("-")) {
    await Deno.stdout.write(new TextEncoder().encode("Usage: deno task trace [<folder of a checkout>]\n"));
    Deno.exit(tree === "--help" ? 0 : 2);
  }
  const traces = await traceRequests(tree);
  const lines = Object.entries(traces).flatMap(([name, trace]) => [
    `${name.toUpperCase()} runs through ${trace.size} files`,
    ...[...trace].map(([path, functions]) =>
      `  ${path}: ${functions.filter((name) => /^[#\w]/.test(name)).join(", ")}`
    ),
    "",
  ]);
  await Deno.stdout.write(new TextEncoder().encode(lines.join("\n")));
}

if (import.meta.main) await main(Deno.args);
