/** A command of a transcript, and what the page shows as its output. */
export interface Exchange {
  readonly command: string;
  readonly output: string;
}

/** Values that stand for those of the page, such as the id of a row that a command created. */
export type Bindings = Map<string, string>;

/**
 * Parses a block in which commands begin with `$ `, and go on in the next line after a backslash.
 *
 * @throws {SyntaxError} for output before the first command.
 */
export function exchangesOf(block: string): readonly Exchange[] {
  const exchanges: { command: string; output: string }[] = [];
  let isCommand = false;
  for (const line of block.split("\n").slice(0, -1)) {
    const last = exchanges.at(-1);
    if (isCommand && last !== undefined) last.command += `\n${line}`;
    else if (line.startsWith("$ ")) exchanges.push({ command: line.slice(2), output: "" });
    else if (last !== undefined) last.output += `${line}\n`;
    else throw new SyntaxError(`A transcript begins with a command after "$ ", not with: ${line}`);
    isCommand = line.endsWith("\\") && (isCommand || line.startsWith("$ "));
  }
  return exchanges;
}

/** Returns a command with the values that stand for those of the page. */
export function boundCommand(command: string, bindings: Bindings): string {
  let bound = command;
  for (const [shown, actual] of bindings) bound = bound.replaceAll(shown, actual);
  return bound;
}

/** Parts of an output that differ each time, with what may stand in their place; the first two are names, and bound. */
const VOLATILE = [
  {
    name: "uuid",
    shown: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    actual: "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
  },
  // Timestamp of a migration.
  { name: "version", shown: /\b\d{14}(?=_)/, actual: String.raw`\d{14}` },
  {
    name: "time",
    shown: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/,
    actual: String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`,
  },
  {
    name: "date",
    shown: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/,
    actual: "[A-Z][^\\n]* GMT",
  },
  // Line and column of a file, and the number of a line that is shown.
  { name: "place", shown: /:\d+:\d+(?= \/)/, actual: String.raw`:\d+:\d+` },
  { name: "excerpt", shown: /^ +\d+(?= \| )/, actual: String.raw` +\d+` },
  // Of a table, whose columns are as wide as their values.
  { name: "gap", shown: / {2,}/, actual: " {2,}" },
  // Lines that may be missing, at the end and elsewhere.
  { name: "rest", shown: /\n…(?![^])/, actual: String.raw`(?:\n[^]*)?` },
  { name: "lines", shown: /^…\n/, actual: String.raw`(?:[^]*?\n)?` },
  { name: "any", shown: /…/, actual: "[^]*?" },
  { name: "length", shown: /(?<=^content-length: )\d+/im, actual: String.raw`\d+` },
  { name: "token", shown: /[\w-]{50,}(?:\.[\w-]+)*/, actual: String.raw`[\w-]{50,}(?:\.[\w-]+)*` },
] as const;

const PARTS = new RegExp(VOLATILE.map(({ name, shown }) => `(?<${name}>${shown.source})`).join("|"), "gim");

/** Lines that Deno adds to those of a task. */
const ADDED_LINES = /^(?:Task [a-z]|Warning Permissions in the config file|Check ).*\n/gm;

/**
 * Compares an output with the one that a page shows, in which `…` stands for anything. Ids, times and tokens may differ;
 * an id that occurs again must be the same again, and is bound for later commands.
 *
 * @returns Whether they agree.
 */
export function matchesOutput(actual: string, shown: string, bindings: Bindings): boolean {
  const text = shown.trimEnd();
  const groups = new Map<string, string>();
  let pattern = "";
  let end = 0;
  for (const { index, 0: part, groups: named = {} } of text.matchAll(PARTS)) {
    pattern += escape(text.slice(end, index));
    end = index + part.length;
    const volatile = VOLATILE.find(({ name }) => named[name] !== undefined);
    if (volatile?.name !== "uuid" && volatile?.name !== "version") pattern += volatile?.actual ?? "";
    else if (bindings.has(part)) pattern += escape(bindings.get(part) ?? "");
    else if (groups.has(part)) pattern += `\\k<${groups.get(part)}>`;
    else {
      groups.set(part, `id${groups.size}`);
      pattern += `(?<${groups.get(part)}>${volatile.actual})`;
    }
  }
  const match = new RegExp(`^${pattern}${escape(text.slice(end))}$`).exec(
    actual.replaceAll("\r", "").replaceAll(ADDED_LINES, "").trimEnd(),
  );
  for (const [part, group] of groups) {
    const value = match?.groups?.[group];
    if (value !== undefined) bindings.set(part, value);
  }
  return match !== null;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
