import { nearest } from "@archway/config/nearest.ts";
import { yamlText } from "@archway/server/yaml_text.ts";
import { mountUnconnected } from "./mount_unconnected.ts";
import { print } from "./print.ts";
import type { Project } from "./project.ts";
import { commandUsage } from "./usage.ts";

/**
 * `openapi`: prints an OpenAPI document as JSON or YAML, or the names of all. Needs neither a database nor settings.
 *
 * @returns the exit code: 0 for success, 1 for an unknown document, 2 for invalid arguments.
 */
export async function openapi(args: readonly string[], project: Project): Promise<number> {
  const names = args.filter((arg) => arg !== "--yaml");
  const [name] = names;
  const isYaml = names.length < args.length;
  if (names.length > 1 || name?.startsWith("-") || (name === undefined && isYaml)) {
    await print(
      Deno.stderr,
      `${project.name} openapi: expected the name of a document, and --yaml at most\n${
        commandUsage(project.name, "openapi")
      }`,
    );
    return 2;
  }
  const apis = (await mountUnconnected(project)).flatMap(({ api }) => api === undefined ? [] : [api]);
  if (name === undefined) {
    await print(Deno.stdout, apis.map((api) => `${api.name}\n`).join(""));
    return 0;
  }
  const found = apis.find((api) => api.name === name);
  if (found === undefined) {
    const known = apis.map((api) => api.name);
    const meant = nearest(name, known);
    const hint = meant === undefined ? `; expected one of: ${known.join(", ")}` : `; did you mean ${meant}?`;
    await print(Deno.stderr, `${project.name} openapi: no document ${JSON.stringify(name)}${hint}\n`);
    return 1;
  }
  const document = JSON.parse(found.document);
  await print(Deno.stdout, isYaml ? yamlText(document) : `${JSON.stringify(document, undefined, 2)}\n`);
  return 0;
}
