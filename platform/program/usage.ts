import { type CommandHelp, PLATFORM_COMMANDS, type PlatformCommand } from "./platform_commands.ts";
import { hasBackground, type Project, serviceCommands } from "./project.ts";

/** Returns the help of a program: its commands, those of its services last. */
export function usage(project: Project): string {
  const { name } = project;
  const commands = [...commandsOf(project)].map(([command, { summary }]) => [command, summary] as const);
  return `Usage: ${name} [command] [options]

Commands:
${columns(commands)}
Options:
${
    columns([
      ["-h, --help", "show this help; after a command, its help"],
      ["-V, --version", "print the version"],
    ])
  }
Settings are environment variables; \`${name} config\` lists them.
`;
}

/** Returns the help of a command: its usage, summary and arguments; undefined if the program has no such command. */
export function commandHelp(project: Project, command: string): string | undefined {
  const help = commandsOf(project).get(command);
  if (help === undefined) return undefined;
  const { forms, summary, arguments: all = [] } = help;
  const details = all.length === 0 ? "" : `\n${columns(all)}`;
  return `${usageLines(`${project.name} ${command}`, forms)}\n${capitalize(summary)}.\n${details}`;
}

/** Returns the usage of a command of the platform, a line for each form of its arguments. */
export function commandUsage(program: string, command: PlatformCommand): string {
  return usageLines(`${program} ${command}`, PLATFORM_COMMANDS[command].forms);
}

function commandsOf({ services }: Project): ReadonlyMap<string, CommandHelp> {
  const commands = new Map<string, CommandHelp>(Object.entries(PLATFORM_COMMANDS));
  if (!hasBackground(services)) commands.delete("worker");
  for (const { name, summary, usage, arguments: all = [] } of serviceCommands(services)) {
    commands.set(name, { summary, forms: [usage].flat(), arguments: all });
  }
  return commands;
}

/** Returns the usage of a command, a line for each form of its arguments. */
export function usageLines(command: string, forms: readonly string[]): string {
  return forms.map((form, index) =>
    `${index === 0 ? "Usage:" : "      "} ${command} ${form}`.trimEnd() + "\n"
  )
    .join("");
}

function columns(rows: readonly (readonly [term: string, text: string])[]): string {
  const width = Math.max(...rows.map(([term]) => term.length));
  return rows.map(([term, text]) => `  ${term.padEnd(width)}  ${capitalize(text)}\n`).join("");
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
