import { listFiles } from "./check/list_files.ts";

/** Number of test files in a group: most share what they load, and the groups are small enough to run in parallel. */
const GROUP_SIZE = 10;

/** Test files to find. */
export interface TestSelection {
  /** Files, folders and patterns; all if empty. */
  readonly selected: readonly string[];
  /** Files, folders and patterns to leave out. */
  readonly ignored: readonly string[];
}

/** Returns the sorted paths of the selected test files below a root, relative to it. */
export async function findTests(
  root: string,
  { selected, ignored }: TestSelection,
): Promise<readonly string[]> {
  const isSelected = matcherOf(selected.length === 0 ? ["."] : selected);
  const isIgnored = matcherOf(ignored);
  const files = await listFiles(root);
  return files.filter((path) => path.endsWith("_test.ts") && isSelected(path) && !isIgnored(path));
}

/** Returns whether a path is one of the patterns or below it. Their asterisks are those of `deno test --ignore`. */
function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const matchers = patterns.map((pattern) => {
    const parts = pattern.replace(/^\.(?:\/|$)/, "").replace(/\/+$/, "").split(/(\*\*\/|\*)/);
    const source = parts.map((part) =>
      part === "**/" ? "(?:.*/)?" : part === "*" ? "[^/]*" : RegExp.escape(part)
    ).join("");
    return new RegExp(source === "" ? "" : `^${source}(?:/|$)`);
  });
  return (path) => matchers.some((matcher) => matcher.test(path));
}

/**
 * Divides sorted paths into groups of neighbours within a top folder, which import much of the same. Those of whole
 * programs come first: they take the longest, and nothing would run beside the last.
 */
export function groupTests(paths: readonly string[]): readonly (readonly string[])[] {
  const { tests = [], ...others } = Object.groupBy(paths, (path) => path.replace(/\/.*/, ""));
  return [tests, ...Object.values(others)].flatMap((tests = []) =>
    Array.from(
      { length: Math.ceil(tests.length / GROUP_SIZE) },
      (_, index) => tests.slice(index * GROUP_SIZE, (index + 1) * GROUP_SIZE),
    )
  );
}
