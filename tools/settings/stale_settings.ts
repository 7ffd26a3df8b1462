import type { SettingsFile } from "./settings_files.ts";

const REMEDY = "run `deno task settings`";

/**
 * Returns a line for everything in a file that differs from the table of settings. A section, or a permission, that the
 * table lacks is none: a module that was removed leaves it behind until `deno task settings` runs.
 */
export function staleSettings({ path, text, wanted }: SettingsFile): readonly string[] {
  if (text === wanted) return [];
  const split = path === "deno.json" ? grantsOf : sectionsOf;
  const found = split(text);
  return [...split(wanted)].filter(([title, body]) => found.get(title) !== body)
    .map(([title]) => `${path}: ${title} differs from the table of settings; ${REMEDY}`);
}

/** Parts of a document by their headings, in .env.example and in Markdown. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=## |# --- )/m);
  return new Map(
    parts.map((part) => [/^(?:## |# --- )(.*?)(?: -+)?$/m.exec(part)?.[1] ?? "the head", part.trimEnd()]),
  );
}

function grantsOf(text: string): ReadonlyMap<string, string> {
  const { permissions: { default: plain, workers } } = JSON.parse(text);
  const sets: readonly (readonly string[])[] = [plain.env.allow, workers.env.allow];
  return new Map(
    sets.flat().map((name) => [
      `the permission to read ${name}`,
      sets.map((set) => set.includes(name)).join(),
    ]),
  );
}
