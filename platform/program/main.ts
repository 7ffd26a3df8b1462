import { ConfigError } from "@archway/config/config.ts";
import { nearest } from "@archway/config/nearest.ts";
import { ApiConflictError } from "@archway/server/api_module.ts";
import { ListenError } from "@archway/server/listener.ts";
import { TlsError } from "@archway/server/tls.ts";
import { commandOptions } from "./command_options.ts";
import { isCommandThread, serveCommandThread } from "./command_thread.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { isOutOfFiles, OUT_OF_FILES_TEXT } from "./out_of_files.ts";
import { CLOSED_OUTPUT_CODE, ClosedOutputError, print } from "./print.ts";
import { programCommands } from "./program_commands.ts";
import { checkServices, type Project, serviceCommands } from "./project.ts";
import { forgoProcesses } from "./serve_all.ts";
import { commandHelp, usage } from "./usage.ts";

/**
 * Runs the command that the arguments name, and ends the process with its exit code: 0 for success, 1 for a failure, 2
 * for invalid arguments. Does nothing if the module is imported.
 */
export async function main(project: Project, meta: Pick<ImportMeta, "main">): Promise<void> {
  if (!meta.main) return;
  if (isCommandThread()) return await serveThread(project);
  try {
    checkServices(project.services);
    Deno.exitCode = await runCommand(project, Deno.args);
    // The process ends by itself once it is idle; this ends it if something keeps it busy, such as an export of telemetry
    // to a receiver that does not respond.
    Deno.unrefTimer(setTimeout(() => Deno.exit(), 1_000));
  } catch (error) {
    if (error instanceof ClosedOutputError) Deno.exit(CLOSED_OUTPUT_CODE);
    const text = isOutOfFiles(error)
      ? OUT_OF_FILES_TEXT
      : isUserFacing(error)
      ? `${formatError(error)}\n`
      : undefined;
    if (text === undefined) throw error;
    await print(Deno.stderr, text);
    Deno.exit(1);
  }
}

/** Runs a command of a service in this thread. */
async function serveThread(project: Project): Promise<void> {
  const { commandContext } = await import("./run_service_command.ts");
  serveCommandThread(async ([name, ...args], thread) => {
    const command = serviceCommands(project.services).find((each) => each.name === name);
    if (command === undefined) throw new Error(`No service has a command ${name}`);
    return await command.run(args, commandContext({ ...commandOptions(project), thread }));
  });
}

async function runCommand(project: Project, [name = "serve", ...args]: readonly string[]): Promise<number> {
  if (name === "help" || [name, ...args].some((arg) => arg === "--help" || arg === "-h")) {
    const command = name === "help" ? args[0] ?? "" : name;
    await print(Deno.stdout, commandHelp(project, command) ?? usage(project));
    return 0;
  }
  if (name === "--version" || name === "-V") {
    await print(Deno.stdout, `${project.name} ${project.version ?? "without a version"}\n`);
    return 0;
  }
  if (name !== "serve" || args.length > 0) forgoProcesses();
  const commands = programCommands(project);
  const run = commands.get(name);
  if (run !== undefined) return await run(args);
  const meant = name.length > 3 ? nearest(name, [...commands.keys()]) : undefined;
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  await print(
    Deno.stderr,
    `${project.name}: unknown command ${JSON.stringify(name)}${hint}\n${usage(project)}`,
  );
  return 2;
}

/** Whether an error is the operator's to correct. Any other is a defect of the program, and is printed with its stack. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof ApiConflictError || error instanceof ConfigError || error instanceof ListenError ||
    error instanceof TlsError || isDatabaseError(error);
}
