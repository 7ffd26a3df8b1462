import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { runProjectTasks } from "./project_tasks.ts";

Deno.test("runProjectTasks() registers a service between its generated code and what follows from the list", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_new_" });
  try {
    const steps = join(root, "steps");
    const tasks = Object.fromEntries(
      ["gen", "schema", "settings"].map((name) => [name, `echo ${name} >> steps`]),
    );
    await Deno.writeTextFile(join(root, "deno.json"), JSON.stringify({ tasks }));
    const files = ["oapi/orders-api-spec.yaml", "orders_service/module.ts", "orders_service/create.sql"];
    for (const folder of ["oapi", "orders_service"]) await Deno.mkdir(join(root, folder));
    for (const path of files) await Deno.writeTextFile(join(root, path), "");
    const register = async (path: string): Promise<void> => {
      await Deno.writeTextFile(join(root, path), "export   const services = [];\n");
      await Deno.writeTextFile(steps, "register\n", { append: true });
    };
    await runProjectTasks(root, files, { register });
    assertEquals(
      (await Deno.readTextFile(steps)).trim().split("\n"),
      ["gen", "register", "schema", "settings"],
    );
    assertEquals(await Deno.readTextFile(join(root, "services.ts")), "export const services = [];\n");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
