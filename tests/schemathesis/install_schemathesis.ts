import { exists } from "@archway/tools/support/exists.ts";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { temporaryDirectory } from "@archway/tools/support/once.ts";
import { type ChildResult, runChild } from "./run_child.ts";

const REQUIREMENTS = join(import.meta.dirname ?? ".", "requirements.txt");
/** Minimum version of Python for the requirements. */
const PYTHON = [3, 11] as const;
const VENV_MS = 120_000;
const INSTALL_MS = 300_000;

/** Matches errors of pip without network access. */
const UNREACHABLE =
  /NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Network is unreachable|Connection refused|Could not fetch URL/;

/** Path of Schemathesis, or the reason why it cannot be installed on this machine. */
export type Installation =
  | { readonly kind: "installed"; readonly command: string }
  | { readonly kind: "impossible"; readonly reason: string };

/**
 * Installs the pinned Schemathesis unless it exists. It has a virtual environment in the temporary directory.
 *
 * @throws {Error} when the installation fails although the requirements are met.
 */
export async function installSchemathesis(): Promise<Installation> {
  const version = await pythonVersion();
  if (version === undefined) return impossible("python3 is not installed");
  const [major = 0, minor = 0] = version;
  if (major < PYTHON[0] || (major === PYTHON[0] && minor < PYTHON[1])) {
    return impossible(`Python ${version.join(".")} is older than ${PYTHON.join(".")}`);
  }
  const text = await Deno.readTextFile(REQUIREMENTS);
  const name = createHash("sha256").update(`${version.join(".")}\n${text}`).digest("hex").slice(0, 16);
  const folder = join(temporaryDirectory(), `archway-schemathesis-${name}`);
  const command = join(folder, "bin", "schemathesis");
  if (await exists(join(folder, "complete"))) return { kind: "installed", command };
  // An incomplete environment is re-created.
  const venv = await runChild("python3", ["-m", "venv", "--clear", folder], { timeoutMs: VENV_MS });
  if (venv.code !== 0) return impossible(`Creating a virtual environment failed: ${lastLine(venv)}`);
  const pip = await runChild(join(folder, "bin", "python"), [
    ...["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"],
    ...["--timeout", "20", "--retries", "2", "--requirement", REQUIREMENTS],
  ], { timeoutMs: INSTALL_MS });
  if (pip.code === 0) {
    await Deno.writeTextFile(join(folder, "complete"), "");
    return { kind: "installed", command };
  }
  if (pip.code === undefined || UNREACHABLE.test(pip.output)) {
    return impossible("PyPI cannot be reached");
  }
  throw new Error(`Installing Schemathesis failed:\n${pip.output}`);
}

async function pythonVersion(): Promise<readonly number[] | undefined> {
  try {
    const { code, output } = await runChild("python3", ["--version"], { timeoutMs: VENV_MS });
    const [, major, minor] = /^Python ([0-9]+)\.([0-9]+)/.exec(output) ?? [];
    return code === 0 ? [Number(major), Number(minor)] : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function impossible(reason: string): Installation {
  return { kind: "impossible", reason };
}

function lastLine({ output }: ChildResult): string {
  return output.trim().split("\n").at(-1) ?? "";
}
