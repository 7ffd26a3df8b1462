import { print } from "@archway/program/print.ts";
import { findSuites } from "@archway/tools/support/conformance/suite.ts";
import { services } from "../../services.ts";
import { parseConformOptions, USAGE } from "./conform_options.ts";
import { conform } from "./conform.ts";

try {
  const options = parseConformOptions(Deno.args);
  if (options === undefined) await print(Deno.stdout, USAGE);
  else {
    const { report, isPassed } = await conform(options, await findSuites(services));
    await print(Deno.stdout, report);
    Deno.exitCode = isPassed ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  await print(Deno.stderr, `${error.message}\n\nSee deno task conform --help\n`);
  Deno.exitCode = 2;
}
