import { assertConformsEmbedded } from "@archway/tools/support/conformance/assert_conforms.ts";
import { findSuites } from "@archway/tools/support/conformance/find_suites.ts";
import { services } from "../../services.ts";

// Tests of HTTP in general and all kinds of values run on the fixture program (test:slow), and in e2e/ on every service.
const suites = await findSuites(services);
if (suites.length > 0) {
  Deno.test("the services of services.ts pass the tests of their documents on the embedded database", async () => {
    await assertConformsEmbedded("main.ts", { suites, isBrief: true });
  });
}
