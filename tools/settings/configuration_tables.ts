import type { Setting, SettingsSection } from "@archway/service_kit/setting.ts";

const HEADINGS = ["Variable", "Type", "Default", "Description"];

/** Returns one Markdown section with a table for each section of settings, aligned as `deno fmt` does. */
export function configurationTables(sections: readonly SettingsSection[]): string {
  return sections.map(({ title, note, settings }) => {
    const head = note === undefined ? `## ${title}\n` : `## ${title}\n\n${note}\n`;
    return `${head}\n${table([HEADINGS, ...settings.map(rowOf)])}`;
  }).join("\n");
}

function rowOf(setting: Setting<unknown>): readonly string[] {
  const { name, type, bounds, secret, aliases } = setting;
  const facts = [type, bounds].filter((text) => text !== "").join(", ");
  const notes = [
    setting.description,
    ...(setting.divided ? ["Divided by WORKERS."] : []),
    ...(secret ? [`Or in the file that \`${name}_FILE\` names.`] : []),
    ...aliases.map((alias) => `Formerly \`${alias}\`, which still works.`),
  ];
  return [`\`${name}\``, facts, defaultOf(setting), notes.join(" ")].map(escapeCell);
}

function defaultOf({ defaultText, defaultRule }: Setting<unknown>): string {
  return defaultRule ?? (defaultText === undefined ? "" : `\`${defaultText}\``);
}

/** Escapes what Markdown would take for the end of a cell, or for HTML; the latter outside of code only. */
export function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/`[^`]*`|</g, (part) => part === "<" ? "\\<" : part);
}

/** Returns a Markdown table, its first row the headings, aligned as `deno fmt` does. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [head = [], ...body] = rows.map(line);
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [head, rule, ...body].join("");
}
