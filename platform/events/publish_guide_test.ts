import { assertStringIncludes } from "@std/assert";
import { join } from "node:path";

const HERE = import.meta.dirname ?? ".";

Deno.test("docs/publishing-events.md quotes the catalog of the example verbatim", async () => {
  const guide = await Deno.readTextFile(join(HERE, "../../docs/publishing-events.md"));
  const catalog = await Deno.readTextFile(join(HERE, "testing/fixtures/orders/order_catalog.ts"));
  const indented = catalog.replaceAll(/^(?=.)/gm, "   ");
  assertStringIncludes(guide, `   \`\`\`ts\n${indented}   \`\`\`\n`);
});
