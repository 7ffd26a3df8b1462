import { join } from "node:path";
import type { MigrationSource } from "@archway/db/db.ts";
import type { DeveloperView, ViewPage } from "@archway/service_kit/developer_view.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { programOf } from "./inspected_program.ts";

/** View of the migrations: by which module, applied or pending, and their texts. */
export function migrationsView(state: CockpitState): DeveloperView {
  return {
    async show({ path: [fileName] }): Promise<ViewPage | undefined> {
      const { pool, migrations } = programOf(state);
      const owners = await ownersOf(migrations);
      if (fileName !== undefined) return await migrationPage(fileName, owners.get(fileName));
      const all = await pool.migrationStatus(migrations);
      const pending = all.filter((migration) => /^(?:pending|out-of-order)$/.test(migration.state)).length;
      return {
        sections: [
          {
            kind: "note",
            text: pending === 0
              ? "All migrations are applied."
              : `${pending} of ${all.length} migrations ${
                pending === 1 ? "is" : "are"
              } pending: run ${state.options.name} migrate up.`,
          },
          {
            kind: "table",
            title: "Migrations, oldest first",
            columns: ["File", "Module", "State"],
            rows: all.map(({ fileName, version, state }) => ({
              cells: [
                fileName === undefined
                  ? `${version}, of which there is no file`
                  : { text: fileName, link: { view: "migrations", path: [fileName] } },
                owners.get(fileName ?? "")?.name ?? "",
                { text: state, isBad: state !== "applied" },
              ],
            })),
            empty: "The program has no migrations.",
          },
        ],
        isLive: true,
      };
    },
  };
}

/** Returns the folders of migrations by the names of their files. */
async function ownersOf(sources: readonly MigrationSource[]): Promise<ReadonlyMap<string, MigrationSource>> {
  const owners = new Map<string, MigrationSource>();
  for (const source of sources) {
    for await (const { name } of Deno.readDir(source.directory)) {
      if (name.endsWith(".sql")) owners.set(name, source);
    }
  }
  return owners;
}

async function migrationPage(
  fileName: string,
  source: MigrationSource | undefined,
): Promise<ViewPage | undefined> {
  if (source === undefined) return undefined;
  const text = await Deno.readTextFile(join(source.directory, fileName));
  return {
    title: fileName,
    sections: [
      { kind: "facts", facts: [["Module", source.name]] },
      { kind: "lines", title: "Text", lines: text.trimEnd().split("\n"), first: 1 },
    ],
  };
}
