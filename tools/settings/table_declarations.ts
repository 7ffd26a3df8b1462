import type { MigrationSource } from "@archway/db/db.ts";
import { migrationSources } from "@archway/program/project.ts";
import { API_KEY_TABLES } from "@archway/service_kit/api_key_tables.ts";
import { IDEMPOTENCY_TABLES } from "@archway/service_kit/idempotency.ts";
import type { TableDeclaration } from "@archway/service_kit/personal_data.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";
import { table } from "./configuration_tables.ts";

/** The tables that migrations create, as their module declares them. */
export interface DeclaredTables extends MigrationSource {
  readonly tables: readonly TableDeclaration[];
}

/** Returns the declarations of all tables of a program: of the platform, and of each service. */
export function declaredTables(services: readonly ServiceModule[]): readonly DeclaredTables[] {
  const ofPlatform = new Map([["idempotency", IDEMPOTENCY_TABLES], ["api_keys", API_KEY_TABLES]]);
  return migrationSources(services).map((source) => ({
    ...source,
    tables: ofPlatform.get(source.name) ?? services.find(({ name }) => name === source.name)?.tables ?? [],
  }));
}

const HEADINGS = ["Table", "Personal data", "Kept", "Erasure"];

/**
 * Returns a Markdown section with a table for each module with tables, aligned as `deno fmt` does. Those of the platform are
 * last, so that the end of the page does not depend on the services.
 */
export function declarationTables(services: readonly ServiceModule[]): string {
  const names = services.map(({ name }) => name);
  const isLast = ({ name }: DeclaredTables): number => names.includes(name) ? 0 : 1;
  return declaredTables(services).toSorted((one, other) => isLast(one) - isLast(other)).filter(({ tables }) =>
    tables.length > 0
  )
    .map(({ name, tables }) => `## Tables of ${name}\n\n${table([HEADINGS, ...tables.map(rowOf)])}`).join(
      "\n",
    );
}

function rowOf(
  { table, personal, retention: { setting, rule }, erasure }: TableDeclaration,
): readonly string[] {
  return [
    `\`${table}\``,
    personal.map((column) => `\`${column}\``).join(", ") || "none",
    setting === undefined ? rule : `\`${setting}\` ${rule}`,
    erasure ?? "",
  ];
}
