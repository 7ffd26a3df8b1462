import { at } from "@archway/tools/support/graphql_client.ts";
import { services } from "../../services.ts";

/** Module of agents; none in copies without it. */
export const AGENTS = services.filter(({ name }) => name === "mcp");

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

/** Returns arguments that are valid as far as their names and simple types say. */
export function plainArguments(schema: unknown): Readonly<Record<string, unknown>> {
  const required = at(schema, "required");
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

function valueOf(name: string): unknown {
  if (name === "ifMatch") return "*";
  return name === "body" ? {} : MISSING;
}
