import { ownFirst } from "@archway/server/api_module.ts";
import type { MountedServices } from "./mount_services.ts";
import type { Project } from "./project.ts";

/** Options of {@link welcome}. */
export interface WelcomeOptions {
  readonly url: string;
  /** Description of the database in use. */
  readonly database: string;
  readonly project: Project;
  readonly mounted: Pick<MountedServices, "services">;
  /** Whether the OpenAPI documents are served. @default {true} */
  readonly documents?: boolean;
  /** Whether the API reference is served. @default {false} */
  readonly reference?: boolean;
  /** Path of the tool for developers. @default none */
  readonly tool?: string;
}

/** Returns the greeting of `dev`: address, database, example requests and OpenAPI documents. */
export function welcome(
  { url, database, project: { name, services }, mounted, documents: served = true, reference = false, tool }:
    WelcomeOptions,
): string {
  const examples = services.flatMap(({ examples = [] }) => examples)
    .map((example) => `    ${example.replaceAll("{url}", url)}`);
  const apis = mounted.services.flatMap(({ api }) => api === undefined || !served ? [] : [api]);
  const documents = ownFirst(apis).map(({ name }) => `    ${url}/openapi/${name}.json`);
  return [
    "",
    `  ${name.charAt(0).toUpperCase()}${name.slice(1)} is listening on ${url}`,
    `  Database: ${database}`,
    ...(examples.length === 0 ? [] : ["", "  Try it:", ...examples]),
    ...(documents.length === 0 || !reference ? [] : ["", `  API reference: ${url}/docs`]),
    ...(tool === undefined ? [] : ["", `  Cockpit: ${url}${tool}/`]),
    ...(documents.length === 0 ? [] : ["", "  OpenAPI documents:", ...documents]),
    "\n",
  ].join("\n");
}
