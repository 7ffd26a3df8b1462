import { samplesOf } from "../field_samples.ts";
import { parentProperty } from "../find_parent.ts";
import type { NewService } from "../new_service.ts";

/** Returns the settings of the code generator for a service. */
export function generatorSettingsText({ names: { plural } }: NewService): string {
  return `# Read by \`deno task gen\`; see docs/code-generation.md.
spec: ${plural.kebab}-api-spec.yaml
output: ../api/${plural.snake}api
options:
  exclude-tags: [health] # served by the server itself
`;
}

/** Returns sample values of the required properties. */
export function exampleValues({ fields }: Pick<NewService, "fields">): Readonly<Record<string, unknown>> {
  const required = fields.filter(({ isOptional }) => !isOptional);
  return Object.fromEntries(required.map((field) => [field.name.camel, samplesOf(field).json[0]]));
}

/** Returns a request body for documentation, in JSON. */
export function exampleText(service: Pick<NewService, "fields" | "parent">): string {
  const { parent } = service;
  const values = exampleValues(service);
  return JSON.stringify(
    parent === undefined ? values : { ...values, [parentProperty(parent)]: `<id of ${parent.one}>` },
  );
}

/** Returns the declaration of a table, for module.ts. */
export function tableText(table: string, personal: readonly string[]): string {
  return `{
    table: "${table}",
    personal: [${personal.map((column) => `"${column}"`).join(", ")}],
    retention: { rule: "deleted rows stay" },${personal.length === 0 ? "" : '\n    erasure: "none yet",'}
  }`;
}

/** Returns module.ts of a service. */
export function moduleText(service: NewService): string {
  const { parent, fields, isOwned, names: { singular, plural, folder, path } } = service;
  // A guess for the author of the service to correct: texts that people write.
  const texts = fields.filter(({ type: { kind } }) => kind === "text" || kind === "email");
  const personal = [...texts.map(({ name }) => name.snake), ...(isOwned ? ["owner"] : [])];
  const directory = parent === undefined ? "" : `${parent.names.camel}Directory`;
  const [Type, type, types] = [singular.pascal, singular.camel, plural.camel];
  return `import { join } from "node:path";
import { routes, spec } from "@archway/api/${plural.snake}api/server.gen.ts";
import { timeCursors } from "@archway/service_kit/page_cursors.ts";
import { defineService, type MountedService } from "@archway/service_kit/service_module.ts";
import { ${Type}Service } from "./app.ts";
import { ${type}Handlers } from "./http/${singular.snake}_handlers.ts";
import { ${type}Problems } from "./http/${singular.snake}_problems.ts";
import { Postgres${Type}Repository } from "./persistence/${singular.snake}_repository.ts";
${
    parent === undefined
      ? ""
      : `import { Postgres${parent.names.pascal}Directory } from "./persistence/${parent.names.snake}_directory.ts";\n`
  }
/** The ${singular.words} service. */
export const ${types}Module = defineService({
  name: "${folder}",
${
    parent === undefined
      ? ""
      : `  requires: ["${parent.folder}"],\n`
  }  migrations: join(import.meta.dirname ?? ".", "migrations"),
  tables: [${tableText(plural.snake, personal)}],
  scopes: ["${plural.kebab}:read", "${plural.kebab}:write"],
  examples: [
    \`curl -i {url}${path} -H 'Content-Type: application/json' -d '${exampleText(service)}'\`,
    "curl -s {url}${path}",
  ],
  mount(dependencies): MountedService {
    const { pool: connections, now, newId, tokens } = dependencies;
    const repository = new Postgres${Type}Repository();
${
    parent === undefined
      ? ""
      : `    const ${directory} = new Postgres${parent.names.pascal}Directory();\n`
  }    const ${types} = new ${Type}Service({ connections, repository, ${
    directory === "" ? "" : `${directory}, `
  }now, newId });
    const cursors = timeCursors("${singular.words} cursor", dependencies);
    const handlers = ${type}Handlers(${types}, { cursors, tokens });
    return { api: { name: "${plural.snake}", routes: routes(handlers), document: spec, ...${type}Problems } };
  },
});
`;
}
