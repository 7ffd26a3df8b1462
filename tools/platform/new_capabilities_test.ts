import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { newCapabilities } from "./new_capabilities.ts";

Deno.test("newCapabilities() names modules of the platform that a project did not have, and not omitted ones", async () => {
  const template = await Deno.makeTempDir({ prefix: "archway_capabilities_" });
  try {
    const line = (name: string, from: string): string =>
      `import { ${name}Module } from "${from}/module.ts";\n`;
    await Deno.writeTextFile(
      join(template, "services.ts"),
      line("events", "@archway/events") + line("jobs", "@archway/jobs") + line("mail", "@archway/mail") +
        line("orders", "./widget_service") + "export const services = [];\n",
    );
    const files = {
      before: { "platform/events/module.ts": "1" },
      newer: {
        "platform/events/module.ts": "2",
        "platform/jobs/module.ts": "1",
        "platform/queue/queue.ts": "1",
      },
    };
    assertEquals(await newCapabilities(template, files), [
      'jobs: add jobsModule to the list in services.ts, with import { jobsModule } from "@archway/jobs/module.ts";',
    ]);
  } finally {
    await Deno.remove(template, { recursive: true });
  }
});
