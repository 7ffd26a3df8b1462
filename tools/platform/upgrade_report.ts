import type { FileChange, UpgradePlan } from "./upgrade_plan.ts";

/** Outcome of an upgrade. */
export interface Upgrade extends UpgradePlan {
  /** Version of the template before. */
  readonly from: string;
  /** Version of the template after. */
  readonly to: string;
  /** Files merged three ways, with what is left to decide. */
  readonly merged: readonly { readonly path: string; readonly conflicts: readonly string[] }[];
  /** Numbers of lines between the kept files and those of the newer template, by path. */
  readonly differences: ReadonlyMap<string, string>;
  /** New paths of kept files that the newer template moved. */
  readonly moves: ReadonlyMap<string, string>;
  /** Lines about capabilities that the platform did not have before. */
  readonly capabilities: readonly string[];
}

/** Reports an upgrade to the person who runs it. */
export function upgradeReport(upgrade: Upgrade, { dryRun }: { readonly dryRun: boolean }): string {
  const { from, to, changes, merged, kept, differences, moves, capabilities } = upgrade;
  const migrations = changes.filter(({ path, kind }) => kind === "added" && isMigration(path));
  const conflicts = merged.flatMap(({ path, conflicts }) =>
    conflicts.map((conflict) => `${path}: ${conflict}`)
  );
  const sections = [
    section("Changed", countByFolder(changes)),
    section("Merged", merged.map(({ path }) => path)),
    section("Migrations that come along", migrations.map(({ path }) => path)),
    section("New capabilities, which services.ts does not list", capabilities),
    section(
      "Yours, and changed in the template",
      kept.map((path) => {
        const moved = moves.get(path);
        const gone = moved === undefined ? "deleted there" : `moved there to ${moved}`;
        return `${path}  ${differences.get(path) ?? gone}`;
      }),
    ),
    section("To decide", conflicts),
  ].join("");
  const title = dryRun ? `Upgrade from ${from} to ${to}, nothing written` : `Upgraded from ${from} to ${to}`;
  if (sections === "") return `${title}: no file differs.\n`;
  return `${title}\n${sections}${dryRun ? "" : nextSteps(upgrade)}`;
}

function nextSteps({ changes, merged }: Upgrade): string {
  const configured = merged.some(({ path }) => path === "deno.json");
  const migrated = changes.some(({ path }) => isMigration(path));
  const commands = [
    ...(configured ? ["deno install"] : []),
    "deno task gen",
    ...(migrated ? ["deno task schema"] : []),
    "deno task settings",
    "deno fmt",
    "deno task check",
    "deno task test",
  ];
  return `${
    section("Next", commands)
  }\nTo undo it: git reset --hard && git clean -fd (nothing is committed yet)\n`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `\n${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Returns a line for each folder with the numbers of its files. */
function countByFolder(changes: readonly FileChange[]): readonly string[] {
  const folders = Map.groupBy(changes, ({ path }) => path.includes("/") ? `${path.split("/")[0]}/` : path);
  return [...folders].map(([folder, files]) => {
    const counts = Map.groupBy(files, ({ kind }) => kind);
    return `${folder}  ${[...counts].map(([kind, { length }]) => `${length} ${kind}`).join(", ")}`;
  });
}

function isMigration(path: string): boolean {
  return /(^|\/)migrations\/[^/]+\.sql$/.test(path);
}
