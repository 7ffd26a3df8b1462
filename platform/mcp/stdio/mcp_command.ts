import { type ServiceCommand, UsageError } from "@archway/service_kit/command.ts";
import { readMcpConfig } from "../mcp_config.ts";

/** Command `mcp`: serves an agent on this machine over the standard input and output. */
export const mcpCommand: ServiceCommand = {
  name: "mcp",
  summary:
    "serve a coding agent on standard input and output: operations, traces, schema, problems, migrations",
  usage: "[--write] [--subject <name>]",
  arguments: [
    ["--write", "permit operations that change data (default: those that read)"],
    ["--subject <name>", "caller of the operations, with AUTH_MODE=dev (default: developer)"],
  ],
  async run(args, context): Promise<number> {
    const { writes, subject } = parseArguments(args);
    const { token } = context.readSettings(readMcpConfig);
    const { signal } = context;
    await using program = await context.openProgram({ MCP_MODE: writes ? "write" : "read" });
    const { serveAgent } = await import("./serve_agent.ts");
    const authorize = async (): Promise<string | undefined> => await program.developerToken(subject) ?? token;
    await serveAgent(program, { authorize, signal, note: (text) => context.note(`${text}\n`) });
    return context.stoppedWith ?? 0;
  },
};

function parseArguments(args: readonly string[]): { readonly writes: boolean; readonly subject: string } {
  let writes = false;
  let subject = "developer";
  for (let index = 0; index < args.length; index++) {
    const value = args[index + 1];
    if (args[index] === "--write") writes = true;
    else if (args[index] === "--subject" && value) {
      subject = value;
      index++;
    } else throw new UsageError(`unknown argument ${JSON.stringify(args[index])}`);
  }
  return { writes, subject };
}
