import { basename, dirname, join } from "node:path";
import { parseConfig } from "../../oapi_codegen/config/config.ts";
import { GenerationError } from "../../oapi_codegen/diagnostics/diagnostics.ts";
import { bundleDocument } from "../../oapi_codegen/document/bundle_document.ts";
import { References } from "../../oapi_codegen/document/references.ts";
import { diskFolder } from "../../oapi_codegen/document/sources/document_folder.ts";
import { configurationsIn } from "../../oapi_codegen/generate_all.ts";
import type { OperationModel } from "../../oapi_codegen/operations/model.ts";
import { readOperations } from "../../oapi_codegen/operations/operations.ts";
import { exists } from "../../support/exists.ts";
import { filesBelow, projectFiles } from "../find_clashes.ts";
import { NewError } from "../usage_error.ts";
import type { ResourceNames } from "./resource_names.ts";
import type { ServiceNaming } from "./templates/code.ts";

/** Names that the services of a project have. */
export interface ProjectNames {
  isTaken(names: ResourceNames): boolean;
}

/** Paths that the server itself serves. */
const OF_SERVER = /^\/(?:$|docs(?:\/|$)|openapi(?:\/|$)|problems(?:\/|$)|healthz$|readyz$|livez$|llms\.txt$)/;

/** Reads the tables and problem types of a project. */
export async function readProjectNames(root: string): Promise<ProjectNames> {
  const tables = new Set<string>();
  const problems: string[] = [];
  for await (const file of filesWithNames(root)) {
    if (/(?:^|\/)migrations\/\d+_\w+\.sql$/.test(file)) {
      const text = await Deno.readTextFile(join(root, file));
      for (
        const [, table = ""] of text.matchAll(
          /\bcreate\s+(?:table|view)\s+(?:if\s+not\s+exists\s+)?"?(\w+)/gi,
        )
      ) {
        tables.add(table.toLowerCase());
      }
    } else if (/_problems\.ts$/.test(file)) problems.push(await Deno.readTextFile(join(root, file)));
  }
  return {
    isTaken: ({ singular, plural }) =>
      tables.has(plural.snake) || problems.some((text) => text.includes(`"${singular.kebab}-not-found"`)),
  };
}

/** Files of the project, and of the fixtures of its tests, whose tables belong to them. */
async function* filesWithNames(root: string): AsyncIterable<string> {
  yield* projectFiles(root);
  yield* filesBelow(root, "tools/support");
}

/**
 * Compares a new service with the files of a project, and its operations with those of the other documents.
 *
 * @throws {NewError} that lists what exists already.
 */
export async function refuseServiceClashes(
  root: string,
  { service, operations }: {
    readonly service: ServiceNaming;
    readonly operations: readonly OperationModel[];
  },
): Promise<void> {
  const clashes: string[] = [];
  const files = [
    ...[
      service.folder,
      `oapi/${service.name}`,
      `oapi/cfg.server.${service.api}.yaml`,
      `oapi/${service.name}.overlay.yaml`,
    ],
    ...[`api/${service.api}api`, `api/clients/typescript/${service.api}`],
  ];
  for (const file of files) if (await exists(join(root, file))) clashes.push(`${file} exists`);
  if (clashes.length > 0) {
    throw new NewError(
      `A service ${service.name} cannot be added; nothing was written. Choose another name, or remove first:\n` +
        clashes.map((clash) => `  ${clash}\n`).join(""),
    );
  }
  const served = await servedRoutes(join(root, "oapi"));
  for (const operation of operations) {
    const owner = served.get(routeOf(operation)) ??
      (OF_SERVER.test(operation.path) ? "the server itself" : undefined);
    if (owner !== undefined) clashes.push(`${operation.method} ${operation.path} is served by ${owner}`);
  }
  if (clashes.length === 0) return;
  throw new NewError(
    "Operations of the document have the paths of others; nothing was written. Add a prefix to all its paths, such as " +
      `--prefix /${service.name}:\n${clashes.map((clash) => `  ${clash}\n`).join("")}`,
  );
}

/** Returns the configurations by the routes that they serve. */
async function servedRoutes(folder: string): Promise<ReadonlyMap<string, string>> {
  const routes = new Map<string, string>();
  for (const path of await configurationsIn(folder)) {
    for (const operation of await operationsOf(path)) {
      routes.set(routeOf(operation), `oapi/${basename(path)}`);
    }
  }
  return routes;
}

async function operationsOf(path: string): Promise<readonly OperationModel[]> {
  const file = basename(path);
  try {
    const { spec, include, exclude, excludeTags, basePath, defaultSecurity } = parseConfig(
      await Deno.readTextFile(path),
      file,
    );
    const document = join(dirname(path), spec);
    const bundled = await bundleDocument(await Deno.readTextFile(document), {
      file: basename(document),
      folder: diskFolder(dirname(document), dirname(dirname(path))),
      selection: { include, exclude, excludeTags, schemes: [] },
    });
    const references = new References(bundled.document, bundled.diagnostics);
    return readOperations(references, { defaultSecurity, basePath });
  } catch (error) {
    // deno task gen reports what is wrong with it.
    if (error instanceof GenerationError || error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function routeOf({ method, path }: OperationModel): string {
  return `${method} ${path.replaceAll(/\{[^{}]*\}/g, "{}")}`;
}
