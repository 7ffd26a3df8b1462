import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { eventsModule } from "./module.ts";
import { conformance } from "./testing/conformance.ts";
import { shopModule } from "./testing/shop_module.ts";
import { SHOP_PROGRAM } from "./testing/shop_program.ts";

Deno.test("webhooks pass the HTTP conformance tests of their document on the embedded database", async () => {
  await assertConformsEmbedded(SHOP_PROGRAM, {
    suites: [conformance([eventsModule, shopModule])],
    isBrief: true,
  });
});
