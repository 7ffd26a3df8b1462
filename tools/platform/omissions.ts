import { join } from "node:path";
import { textsOf } from "./platform_lock.ts";

/** Parts of the template that a project does without. */
export interface Omissions {
  /** Files and folders; `*` matches a part of a name. */
  readonly paths: readonly string[];
  /** Tasks of deno.json. */
  readonly tasks: readonly string[];
}

/** Returns the template's own parts, which no project needs; nothing for a template without a list. */
export async function readOmissions(template: string): Promise<Omissions> {
  try {
    const list: Partial<Omissions> = JSON.parse(
      await Deno.readTextFile(join(template, "tools/platform/omitted.json")),
    );
    return { paths: textsOf(list.paths ?? []), tasks: textsOf(list.tasks ?? []) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { paths: [], tasks: [] };
    throw error;
  }
}

/** Whether a path is omitted, or in a folder that is. */
export function isOmitted(path: string, { paths }: Omissions): boolean {
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
  if (!path.endsWith(".md")) return text;
  const rows = withoutRows(text, omissions);
  return omissions.paths.filter((omitted) => /^docs\/.*\.md$/.test(omitted)).reduce((rest, omitted) => {
    const link = RegExp.escape(omitted.replace("docs/", ""));
    return rest.replaceAll(new RegExp(String.raw`\[([^\]]*)\]\((?:docs/)?${link}(?:#[^)]*)?\)`, "g"), "$1");
  }, rows);
}

/** Removes tasks from the text of deno.json, and folders from the lists of the others. */
function withoutTasks(text: string, { paths, tasks }: Omissions): string {
  const left = tasks.reduce(
    (rest, task) =>
      rest.replace(
        new RegExp(String.raw`^ {4}"${RegExp.escape(task)}": \{\n(?: {6}.*\n)+ {4}\},?\n`, "m"),
        "",
      ),
    text,
  );
  return paths.reduce((rest, path) => rest.replace(`${path},`, ""), left).replace(/\},\n(?= {2}\})/, "}\n");
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
