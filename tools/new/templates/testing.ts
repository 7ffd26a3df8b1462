import { type Parent, parentProperty } from "../find_parent.ts";
import type { NewService } from "../new_service.ts";
import { literal } from "../field_samples.ts";
import { exampleValues } from "./module.ts";

/** Returns the name of the constant with the databases of a service's tests. */
export function databasesName({ singular }: NewService["names"]): string {
  return `${singular.snake.toUpperCase()}_DATABASES`;
}

/** Returns the databases of a service's tests. */
export function databasesText({ names }: NewService): string {
  const { plural } = names;
  return `import { serviceDatabases } from "@archway/tools/support/service_databases.ts";
import { ${plural.camel}Module } from "../module.ts";

/** Databases with the tables of the service, and of what it requires, for test suites, by name. */
export const ${databasesName(names)} = serviceDatabases(${plural.camel}Module);
`;
}

/** Returns the in-process server of a service's tests. */
export function serverText({ names: { singular, plural }, parent }: NewService): string {
  const [imported, listed] = parentModule(parent);
  return `import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import type { ServerOption } from "@archway/server/server_options.ts";
import { serviceServer } from "@archway/tools/support/service_server.ts";
${imported}import { ${plural.camel}Module } from "../module.ts";

/** Creates an in-process server of the service over a database, with response validation. */
export function ${singular.camel}Server(pool: ConnectionPool, ...options: ServerOption[]): Server {
  return serviceServer(pool, { services: [${listed}${plural.camel}Module], options });
}
`;
}

/** Returns the import of the module of a parent's service, and the module before others in a list. */
function parentModule(parent: Parent | undefined): readonly [string, string] {
  return parent === undefined
    ? ["", ""]
    : [`import { ${parent.module} } from "@archway/${parent.folder}/module.ts";\n`, `${parent.module}, `];
}

/** Returns the additions of a service with a parent to the HTTP conformance tests. */
function parentConformanceText(service: NewService, parent: Parent): string {
  const { names: { plural, singular } } = service;
  const values = { ...exampleValues(service), [parentProperty(parent)]: `{${parent.names.camel}}` };
  const body = `'${JSON.stringify(values)}'`;
  return `import { type Client, json, post } from "@archway/conformance/client.ts";
import type { Prepared } from "@archway/conformance/row.ts";
import type { Suite } from "@archway/conformance/suite.ts";

const BODY = ${body};

/** Each belongs to ${parent.one}, which is created before. */
export function conformance(): Suite {
  return {
    document: "${plural.snake}",
    async given(client: Client): Promise<Prepared> {
      const response = await post(client, "${parent.path}", { body: ${literal(parent.body)} });
      const { data: { id } } = await json<{ data: { id: string } }>(response, 201);
      return { placeholders: { ${parent.names.camel}: id }, paths: [\`${parent.path}/\${id}\`] };
    },
    bodies: { create${singular.pascal}: BODY, replace${singular.pascal}: BODY },
  };
}
`;
}

/** Returns the additions of a service to the HTTP conformance tests. */
export function conformanceText(service: NewService): string {
  const { names: { plural }, fields, parent } = service;
  if (parent !== undefined) return parentConformanceText(service, parent);
  const isExact = !fields.some(({ type }) => type.kind === "money");
  return `import type { Suite } from "@archway/conformance/suite.ts";

/** The document ${
    isExact
      ? "allows nothing that the service refuses"
      : "allows amounts and currencies that the service refuses"
  }. */
export function conformance(): Suite {
  return { document: "${plural.snake}"${isExact ? ", isExact: true" : ""} };
}
`;
}

/** Returns the additions of a service to the tests with Schemathesis. */
export function schemathesisText(service: NewService): string {
  const { parent, names: { plural, path } } = service;
  const values = literal(exampleValues(service));
  const create = parent === undefined
    ? ""
    : `    const parent = await client.create("${parent.path}", ${literal(parent.body)});\n`;
  const body = parent === undefined ? values : `{ ...${values}, ${parentProperty(parent)}: parent }`;
  return `import type { FuzzSetup, Hints } from "@archway/tools/support/schemathesis/fuzz_setup.ts";

const COUNT = 40;

/** ${plural.words.charAt(0).toUpperCase()}${plural.words.slice(1)} and hints for generated requests. */
export const schemathesis: FuzzSetup = {
  async fill(client): Promise<Hints> {
    const ids: string[] = [];
${create}    for (let index = 0; index < COUNT; index++) {
      ids.push(await client.create("${path}", ${body}));
    }
    return { ...await client.cursors("${path}"), "path.id": ids${
    parent === undefined ? "" : `, "body.${parentProperty(parent)}": [parent]`
  } };
  },
};
`;
}
