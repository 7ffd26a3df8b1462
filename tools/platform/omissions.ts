import { join } from "node:path";
import { textsOf } from "./platform_lock.ts";

/** Parts of the template that a project does without. */
export interface Omissions {
  /** Files and folders; `*` matches a part of a name. */
  readonly paths: readonly string[];
  /** Tasks of deno.json. */
  readonly tasks: readonly string[];
  /** Pages that new projects do without; earlier ones keep them, since their tests may read them. @default {[]} */
  readonly pages?: readonly string[];
  /** Words whose lines the modules of services do without. @default {[]} */
  readonly lines?: readonly string[];
  /** Tasks that a project has in place of the template's, by name. @default {} */
  readonly ownTasks?: Readonly<Record<string, Task>>;
}

interface Task {
  readonly description: string;
  readonly command: string;
}

/** Returns the template's own parts, which no project needs; nothing for a template without a list. */
export async function readOmissions(template: string): Promise<Omissions> {
  try {
    const list: Partial<Omissions> = JSON.parse(
      await Deno.readTextFile(join(template, "tools/platform/omitted.json")),
    );
    const { paths = [], tasks = [], pages = [], lines = [], ownTasks = {} } = list;
    return {
      paths: textsOf(paths),
      tasks: textsOf(tasks),
      pages: textsOf(pages),
      lines: textsOf(lines),
      ownTasks,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { paths: [], tasks: [] };
    throw error;
  }
}

/** Whether a path is omitted, or in a folder that is. */
export function isOmitted(path: string, { paths }: Pick<Omissions, "paths">): boolean {
  return paths.some((omitted) => {
    const pattern = omitted.split("*").map(RegExp.escape).join("[^/]*");
    return new RegExp(`^${pattern}(?:/|$)`).test(path);
  });
}

/** Returns a text of the template without what refers to omitted parts: tasks, their rows, links to pages. */
export function withoutOmitted(path: string, text: string, omissions: Omissions): string {
  if (path === "deno.json") return withoutTasks(text, omissions);
  if (path === ".github/workflows/ci.yml") {
    return omissions.tasks.reduce((rest, task) => rest.replaceAll(`, "${task}"`, ""), text);
  }
  if (/^\w+_service\/module\.ts$/.test(path)) return withoutLines(text, omissions);
  if (path.endsWith(".env")) return withoutSettings(text, omissions);
  if (!path.endsWith(".md")) return text;
  const rows = withoutRows(text, omissions);
  return omissions.paths.filter((omitted) => /^docs\/.*\.md$/.test(omitted)).reduce((rest, omitted) => {
    const link = RegExp.escape(omitted.replace("docs/", ""));
    const pattern = String.raw`\[([^\]]*)\]\((?:docs/|\.\./)?${link}(?:#[^)]*)?\)`;
    return rest.replaceAll(new RegExp(pattern, "g"), "$1");
  }, rows);
}

/** Removes and replaces tasks in the text of deno.json, and removes folders from the lists of the others. */
function withoutTasks(text: string, { paths, tasks, ownTasks = {} }: Omissions): string {
  const left = tasks.reduce((rest, task) => rest.replace(taskPattern(task), ""), text);
  const replaced = Object.entries(ownTasks).reduce((rest, [name, { description, command }]) => {
    const lines = [`"description": ${JSON.stringify(description)},`, `"command": ${JSON.stringify(command)}`];
    return rest.replace(
      taskPattern(name),
      () => `    "${name}": {\n      ${lines.join("\n      ")}\n    },\n`,
    );
  }, left);
  return paths.reduce((rest, path) => rest.replace(`${path},`, ""), replaced)
    .replace(/\},\n(?= {2}\})/, "}\n");
}

function taskPattern(task: string): RegExp {
  return new RegExp(String.raw`^ {4}"${RegExp.escape(task)}": \{\n(?: {6}.*\n)+ {4}\},?\n`, "m");
}

function withoutLines(text: string, { lines = [] }: Omissions): string {
  return text.split("\n").filter((line) => !lines.some((word) => line.includes(word))).join("\n");
}

/** Removes settings of omitted parts: the line below a comment with nothing but the part's folder, and the comment. */
function withoutSettings(text: string, omissions: Omissions): string {
  return text.replaceAll(
    /^# ([\w/]+)\n.+\n/gm,
    (lines, folder: string) => isOmitted(folder, omissions) ? "" : lines,
  );
}

/** Removes the rows of omitted tasks from the tables of a page. */
function withoutRows(text: string, { tasks }: Omissions): string {
  return text.split(/^(?=## )/m).map((section) => {
    const named = section.startsWith("## Tasks");
    return section.split("\n").filter((line) =>
      !tasks.some((task) =>
        (named && line.startsWith(`| \`${task}\` `)) ||
        [" ", "`"].some((end) => line.startsWith(`| \`deno task ${task}${end}`))
      )
    ).join("\n");
  }).join("");
}
