import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { MigrationError } from "@archway/db/errors.ts";
import { newMigration } from "./new_migration.ts";
import { PROJECT_ROOT } from "./project.ts";

const now = new Date("2026-11-22T23:59:59.900Z");
const ITEMS = { name: "item_service", directory: join(PROJECT_ROOT, "item_service/migrations") };
const PARCELS = { name: "parcel_service", directory: join(PROJECT_ROOT, "parcel_service/migrations") };

async function withRoot(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "archway_new_" });
  try {
    for (const { name } of [ITEMS, PARCELS]) {
      await Deno.mkdir(`${root}/${name}/migrations`, { recursive: true });
    }
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("newMigration() writes empty sections to a file named by the time in UTC", async () => {
  await withRoot(async (root) => {
    const path = await newMigration([ITEMS], "add_phone", { service: undefined, root, now });
    assertEquals(path, "item_service/migrations/20261122235959_add_phone.sql");
    assertEquals(await Deno.readTextFile(`${root}/${path}`), "-- migrate:up\n\n\n-- migrate:down\n\n");
    // Within the same second, even of another service.
    const sources = [ITEMS, PARCELS];
    const second = await newMigration(sources, "add_phone", { service: "parcel_service", root, now });
    assertEquals(second, "parcel_service/migrations/20261123000000_add_phone.sql");
  });
});

Deno.test("newMigration() rejects invalid names and unknown, missing or ambiguous services", async () => {
  await withRoot(async (root) => {
    const both = [ITEMS, PARCELS];
    const refuse = async (name: string, service: string | undefined, expected: string): Promise<void> => {
      const { message } = await assertRejects(
        () => newMigration(both, name, { service, root, now }),
        MigrationError,
      );
      assertStringIncludes(message, expected);
    };
    for (const name of ["", "Add", "1st", "a b", "a-b", "a__b", "_a", "a_", "../a", "ä", "a".repeat(101)]) {
      await refuse(name, "item_service", "lowercase letters");
    }
    await refuse(
      "add_phone",
      undefined,
      "--service is required; expected one of: item_service, parcel_service",
    );
    await refuse(
      "add_phone",
      "other_service",
      "Unknown service; expected one of: item_service, parcel_service",
    );
    await Deno.remove(`${root}/item_service`, { recursive: true });
    await refuse("add_phone", "item_service", "Directory item_service/migrations not found");
  });
});
