import { conformCommand } from "@archway/program/conform_command.ts";
import { print } from "@archway/program/print.ts";
import { commandHelp } from "@archway/program/usage.ts";
import { services } from "../services.ts";
import { findSuites } from "./support/conformance/find_suites.ts";
import { readApiDocument } from "./support/conformance/read_api_document.ts";

/** `deno task conform`: the command `conform`, with the suites of services and documents of several files. */
const project = "deno task";
if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) {
  await print(Deno.stdout, commandHelp({ name: project, services }, "conform") ?? "");
} else {
  const suites = await findSuites(services);
  Deno.exitCode = await conformCommand(Deno.args, { project, suites, parse: readApiDocument });
}
