import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ViewError } from "./view_endpoint.ts";

/** Number of lines that are shown before and behind the one of a frame. */
const AROUND = 6;

/** Lines of a file. */
export interface SourceLines {
  /** Number of the first line. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** Returns the path of a `file:` URL; undefined for other URLs. */
export function fromFileUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/**
 * Reads the lines around one of a source file of the project.
 *
 * @throws {ViewError} if it is no TypeScript or JavaScript in the project, or cannot be read.
 */
export async function readSource(
  path: string,
  { root, line }: { readonly root: string; readonly line: number },
): Promise<SourceLines> {
  const inside = relative(root, path);
  if (inside.startsWith("..") || !/\.[cm]?[jt]s$/.test(inside)) {
    throw new ViewError(404, "Only sources of the project are shown");
  }
  try {
    const lines = (await Deno.readTextFile(path)).split("\n");
    const first = Math.max(1, line - AROUND);
    return { first, lines: lines.slice(first - 1, line + AROUND) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new ViewError(404, "The file exists no longer");
    throw error;
  }
}
