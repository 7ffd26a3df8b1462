import { join } from "node:path";
import { hasEmbedded } from "@archway/db/embedded/has_embedded.ts";
import { print } from "./print.ts";
import { type Project, PROJECT_ROOT } from "./project.ts";
import { commandUsage } from "./usage.ts";

/** File with the commit that `deno task compile` adds to an executable. */
export const COMMIT_FILE: string = join(PROJECT_ROOT, "dist/commit");

/** Origin and parts of a program. */
export interface VersionInfo {
  readonly name: string;
  /** Version of deno.json; null if it has none. */
  readonly version: string | null;
  /** Abbreviated commit, with "-dirty" for one with changes; null from source and if it was compiled without git. */
  readonly commit: string | null;
  /** "source", "executable", or "executable without the embedded database". */
  readonly flavour: string;
  /** Operating system and processor, such as "x86_64-unknown-linux-gnu". */
  readonly target: string;
  readonly deno: string;
  readonly v8: string;
}

/** `version`: prints the origin and parts of the program. Returns the exit code: 0, or 2 for invalid arguments. */
export async function version(args: readonly string[], project: Project): Promise<number> {
  const json = args[0] === "--json";
  if (args.length > (json ? 1 : 0)) {
    const usage = commandUsage(project.name, "version");
    await print(Deno.stderr, `${project.name} version: unknown argument, expected --json\n${usage}`);
    return 2;
  }
  const info = await versionInfo(project);
  await print(Deno.stdout, json ? `${JSON.stringify(info, undefined, 2)}\n` : versionText(info));
  return 0;
}

async function versionInfo(project: Project): Promise<VersionInfo> {
  const { standalone, target } = Deno.build;
  const { deno, v8 } = Deno.version;
  const commit = standalone ? await readCommit() : null;
  const flavour = !standalone
    ? "source"
    : hasEmbedded()
    ? "executable"
    : "executable without the embedded database";
  return { name: project.name, version: project.version ?? null, commit, flavour, target, deno, v8 };
}

async function readCommit(): Promise<string | null> {
  try {
    return (await Deno.readTextFile(COMMIT_FILE)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function versionText({ name, version, commit, flavour, target, deno, v8 }: VersionInfo): string {
  return `${name} ${version ?? "without a version"}
commit   ${commit ?? "unknown"}
flavour  ${flavour}
target   ${target}
runtime  Deno ${deno}, V8 ${v8}
`;
}
