import { join } from "node:path";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import type { PeerProgram } from "./peer_programs.ts";
import { runProgram } from "./run_program.ts";

const SOURCES = join(PROJECT_ROOT, "tools/bench/peers");
const INSTALLED = join(PROJECT_ROOT, "dist/peers");

/** A peer that can be started. */
export interface InstalledPeer {
  readonly program: string;
  readonly args: readonly string[];
  /** Versions of its runtime and packages, such as `Node.js 24.1.0`. */
  readonly versions: readonly string[];
}

/** Runtimes that peers run on, by name; rejected if one cannot be installed. */
export type Runtimes = Readonly<Record<"node" | "bun", () => Promise<string>>>;

/** Returns the runtimes, which are installed once, when the first one is needed. */
export function runtimesOf(signal: AbortSignal): Runtimes {
  let installed: Promise<string> | undefined;
  const install = (): Promise<string> => installed ??= installPackages("runtimes", signal);
  const { os, arch } = Deno.build;
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  return {
    node: async () => {
      const path = join(await install(), `node_modules/node-${os}-${cpu}/bin/node`);
      // npm has no Node.js for other systems.
      return await exists(path) ? path : "node";
    },
    bun: async () => {
      const platform = `${os}-${arch === "aarch64" ? "aarch64" : "x64"}`;
      return join(await install(), `node_modules/@oven/bun-${platform}/bin/bun`);
    },
  };
}

/**
 * Installs a peer in `dist/peers/`, from the registries and by its own lock file.
 *
 * @throws {Error} with one sentence if that is not possible.
 */
export async function installPeer(
  { folder, runtime, entry, build, shown }: PeerProgram,
  { runtimes, signal }: { readonly runtimes: Runtimes; readonly signal: AbortSignal },
): Promise<InstalledPeer> {
  if (runtime === "go") {
    const cwd = await copyOf(folder);
    await runProgram("go", ["build", "-o", entry, "."], { cwd, signal });
    const modules = await Deno.readTextFile(join(cwd, "go.mod"));
    const [, version = ""] = /^go version go(\S+)/.exec(await runProgram("go", ["version"], { signal })) ??
      [];
    const versions = shown.map((name) =>
      `${name} ${new RegExp(`/${name}(?:/v\\d+)? v(\\S+)`).exec(modules)?.[1]}`
    );
    return { program: join(cwd, entry), args: [], versions: [`Go ${version}`, ...versions] };
  }
  const program = await runtimes[runtime]();
  const cwd = await installPackages(folder, signal);
  if (build) await runProgram("npm", ["run", "build"], { cwd, signal });
  const version = await runProgram(program, ["--version"], { signal });
  const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
    await Deno.readTextFile(join(cwd, "package.json")),
  );
  const versions = shown.map((name) => `${name} ${manifest.dependencies[name]}`);
  const title = runtime === "node" ? "Node.js" : "Bun";
  return {
    program,
    args: [join(cwd, entry)],
    versions: [`${title} ${version.replace(/^v/, "")}`, ...versions],
  };
}

/** Installs the packages of a folder without their scripts; returns where. */
async function installPackages(folder: string, signal: AbortSignal): Promise<string> {
  const cwd = await copyOf(folder);
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await runProgram("npm", args, { cwd, signal });
  return cwd;
}

/** Copies the sources of a folder to where they are built; returns the path. */
async function copyOf(folder: string): Promise<string> {
  const [from, to] = [join(SOURCES, folder), join(INSTALLED, folder)];
  await copyFiles(from, to);
  return to;
}

async function copyFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFiles(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
