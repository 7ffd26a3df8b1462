import { hasBackground, type Project, serviceCommands } from "./project.ts";

/** Returns the commands of a program, those that its services add last. */
export function usage({ name, services }: Project): string {
  const worker = "only do background work, such as delivering events: beside services with WORKER=off";
  const lines: readonly (readonly [command: string, text: string])[] = [
    ["serve", "run the service (the default)"],
    ["dev", "run it and greet the developer"],
    ...(hasBackground(services) ? [["worker", worker] as const] : []),
    [
      "migrate",
      "change the tables: up [--dry-run], down [n] [--dry-run], status, new <name> [--service <service>]",
    ],
    ["config", "print every setting, its value and where it comes from: [--json]"],
    [
      "token",
      'print an access token for development: [--subject <name>] [--scope "<scope> …"] [--expires <duration>]',
    ],
    [
      "db",
      "copy --to <url> moves everything from the embedded database to a server, status [--json] shows every server",
    ],
    ...serviceCommands(services).map(({ name, usage, summary }) => [name, `${summary}: ${usage}`] as const),
  ];
  const width = Math.max(...lines.map(([command]) => command.length));
  return `Usage: ${name} [command]

Commands:
${lines.map(([command, text]) => `  ${command.padEnd(width)} ${text}\n`).join("")}
It is configured by environment variables; \`${name} config\` lists them.
`;
}
