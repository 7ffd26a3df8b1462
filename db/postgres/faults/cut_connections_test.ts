import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { spawnProgram } from "../../embedded/testing/spawn_program.ts";
import { DRIVERS } from "../pool_config.ts";
import type { LoadReport } from "./testing/pool_load.ts";

/** Documented outcomes of calls whose connections are cut (see errors.ts). */
const DOCUMENTED = ["cancelled", "done", "outcome-unknown", "saturated", "unavailable"];

for (const driver of DRIVERS) {
  Deno.test(`openPool() keeps to its outcomes when connections are cut at any byte, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    await using program = await spawnProgram(`
      import { cutUnderLoad } from ${JSON.stringify(import.meta.resolve("./testing/cut_under_load.ts"))};
      const instance = ${JSON.stringify({ ...database.instance, driver, maxConnections: 5 })};
      console.log(JSON.stringify(await cutUnderLoad(instance, { cuts: 150 })));
    `);
    const line = await program.line();
    const { code, errors } = await program.ended();
    assertEquals([code, errors], [0, ""]);
    const { begun, settled, endings, contradictions }: LoadReport = JSON.parse(line ?? "null");
    assertEquals([contradictions, settled], [[], begun]);
    assertEquals(Object.keys(endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
  });
}
