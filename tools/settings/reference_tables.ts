import { mountUnconnected } from "@archway/program/mount_unconnected.ts";
import { type CommandHelp, PLATFORM_COMMANDS } from "@archway/program/platform_commands.ts";
import { hasBackground, type Project } from "@archway/program/project.ts";
import type { ProblemType } from "@archway/server/api_module.ts";
import { SERVER_PROBLEM_TYPES } from "@archway/server/problems/problem_types.ts";
import { problemTable } from "@archway/service_kit/problem_table.ts";
import { escapeCell, table } from "./configuration_tables.ts";

/**
 * Returns Markdown sections with the commands and the problem types of a program, a table for each module. Those of the
 * server are last, so that the end of the page does not depend on the services.
 */
export async function referenceTables(project: Project): Promise<string> {
  const { services } = project;
  const { worker, ...commands } = PLATFORM_COMMANDS;
  const ofServices = services.map(({ name, commands = [] }) =>
    [
      name,
      commands.map(({ name, summary, usage }) => [name, { summary, forms: [usage].flat() }] as const),
    ] as const
  );
  const common = problemTable<never>({}).problemTypes;
  const known = new Set([...common, ...SERVER_PROBLEM_TYPES].map(({ slug }) => slug));
  const mounted = await mountUnconnected(project);
  const section = (
    title: string,
    rows: readonly (readonly string[])[],
    headings: readonly string[],
  ): string => `## ${title}\n\n${table([headings, ...rows.map((row) => row.map(escapeCell))])}`;
  const commandSection = (title: string, all: readonly (readonly [string, CommandHelp])[]): string =>
    section(title, all.map(([name, help]) => commandRow(`${project.name} ${name}`, help)), [
      "Command",
      "Arguments",
      "Effect",
    ]);
  const problemSection = (title: string, types: readonly ProblemType[]): string =>
    section(title, types.toSorted(byStatus).map(problemRow), ["Problem", "Status", "Meaning"]);
  return [
    commandSection("Commands", Object.entries(commands)),
    ...(hasBackground(services)
      ? [commandSection("Commands for background work", [["worker", worker]])]
      : []),
    ...ofServices.filter(([, all]) => all.length > 0).map(([name, all]) =>
      commandSection(`Commands of ${name}`, all)
    ),
    ...services.flatMap(({ name }, index) => {
      const own = mounted[index]?.api?.problemTypes.filter(({ slug }) => !known.has(slug)) ?? [];
      return own.length === 0 ? [] : [problemSection(`Problem types of ${name}`, own)];
    }),
    problemSection("Problem types of every service", common),
    problemSection("Problem types of the server", SERVER_PROBLEM_TYPES),
  ].join("\n");
}

function commandRow(command: string, { summary, forms }: CommandHelp): readonly string[] {
  return [
    `\`${command}\``,
    forms.filter((form) => form !== "").map((form) => `\`${form}\``).join(", "),
    summary,
  ];
}

function problemRow({ slug, status, detail }: ProblemType): readonly string[] {
  return [`\`${slug}\``, String(status), detail];
}

function byStatus(one: ProblemType, other: ProblemType): number {
  return one.status - other.status || (one.slug < other.slug ? -1 : 1);
}
