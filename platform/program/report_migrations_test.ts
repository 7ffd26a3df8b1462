import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { fromRoot } from "./project.ts";
import { reportMigrations } from "./report_migrations.ts";

Deno.test("reportMigrations() reports each migration once that is written while the program runs", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "archway_migrations_" }));
  const reported: unknown[] = [];
  const two = Promise.withResolvers<void>();
  const info = (_: string, properties?: Record<string, unknown>): void => {
    reported.push(properties?.["file"]);
    if (reported.length === 2) two.resolve();
  };
  try {
    const [first, second] = ["20260101000000_one.sql", "20260101000001_two.sql"].map((name) =>
      join(folder, name)
    );
    if (first === undefined || second === undefined) throw new Error("no names");
    using _watcher = reportMigrations([folder], { info });
    await Deno.writeTextFile(first, "-- migrate:up\n");
    await Deno.writeTextFile(join(folder, "notes.txt"), "no migration");
    await Deno.writeTextFile(first, "-- migrate:up\nselect 1;\n");
    await Deno.writeTextFile(second, "-- migrate:up\n");
    await two.promise;
    assertEquals(reported, [fromRoot(first), fromRoot(second)]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reportMigrations() says why it reports nothing", () => {
  const lines: string[] = [];
  using _watcher = reportMigrations(["/no/such/folder"], { info: (line) => void lines.push(line) });
  assertEquals(lines, ["New migrations are not reported: {message}"]);
});
