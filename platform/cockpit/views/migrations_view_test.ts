import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { ViewPage } from "@archway/service_kit/developer_view.ts";
import { FIXTURE_MIGRATIONS } from "@archway/tools/support/fixture_migrations.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { cockpitState } from "../testing/cockpit_state.ts";
import { migrationsView } from "./migrations_view.ts";

/** Returns the texts of a page that name a file, a sentence, or cells. */
function textsOf(page: ViewPage | undefined): readonly string[] {
  return page?.sections.flatMap((section) => {
    if (section.kind === "note") return [section.text];
    if (section.kind === "lines") return section.lines;
    if (section.kind !== "table") return [];
    return section.rows.map(({ cells }) =>
      cells.map((cell) => typeof cell === "object" && cell !== null && "text" in cell ? cell.text : cell)
        .join(" ")
    );
  }) ?? [];
}

Deno.test("migrationsView() shows pending migrations with their module, and texts of migrations alone", async () => {
  await using database = await useTestDatabase({ migrations: FIXTURE_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const directory = await Deno.makeTempDir({ prefix: "archway_cockpit_" });
  try {
    await Deno.writeTextFile(
      join(directory, "29990101000000_add_notes.sql"),
      "-- migrate:up\ncreate table notes ();\n-- migrate:down\ndrop table notes;\n",
    );
    const migrations = [...FIXTURE_MIGRATIONS, { name: "notes", directory }];
    const view = migrationsView(cockpitState({ pool, migrations }));
    const [sentence = "", ...files] = textsOf(await view.show({ path: [], query: {} }));
    assertEquals(sentence, `1 of ${files.length} migrations is pending: run archway migrate up.`);
    assertEquals(files.at(-1), "29990101000000_add_notes.sql notes pending");
    assert(files.some((text) => /_create_contacts\.sql contact_service applied$/.test(text)), files.join());
    const text = textsOf(await view.show({ path: ["29990101000000_add_notes.sql"], query: {} }));
    assertEquals(text[1], "create table notes ();");
    assertEquals(await view.show({ path: ["../../../../deno.json"], query: {} }), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
