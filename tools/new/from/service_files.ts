import type { Collection } from "./collection.ts";
import type { LeftOperation } from "./collection_operations.ts";
import type { SourceDocument } from "./document_files.ts";
import type { ServiceNaming } from "./templates/code.ts";
import { accessTestText } from "./templates/access_test_text.ts";
import { domainText } from "./templates/domain.ts";
import { dtoText } from "./templates/dto.ts";
import { handlersText } from "./templates/handlers.ts";
import { moduleText, problemsText, unwrittenText } from "./templates/module.ts";
import { migrationText, repositoryText } from "./templates/persistence.ts";
import { portText } from "./templates/ports.ts";
import { databasesText, serverText } from "./templates/test_support.ts";
import { resourceTestText } from "./templates/tests.ts";
import { valueTypesText } from "./value_types.ts";
import { useCasesText } from "./templates/use_cases.ts";

/** Service that is written for a document. */
export interface DocumentService {
  readonly service: ServiceNaming;
  readonly source: SourceDocument;
  readonly collections: readonly Collection[];
  readonly left: readonly LeftOperation[];
  /** Versions of the migrations, one for each collection. */
  readonly versions: readonly string[];
  /** Additions to the document. */
  readonly overlay: string | undefined;
}

/** Returns the files of a service by path, before formatting. */
export function documentServiceFiles(
  { service, source, collections, left, versions, overlay }: DocumentService,
): ReadonlyMap<string, string> {
  const { folder, api, name } = service;
  const scopes = source.operations.flatMap(({ security }) =>
    security.flatMap((schemes) => schemes.flatMap((scheme) => scheme.scopes))
  );
  const module = { collections, left, scopes: [...new Set(scopes)].toSorted() };
  const files = new Map<string, string>();
  for (const [path, text] of source.files) files.set(`oapi/${name}/${path}`, text);
  files.set(
    `oapi/cfg.server.${api}.yaml`,
    `# Read by \`deno task gen\`; see docs/code-generation.md.
spec: ${name}/${source.main}
output: ../api/${api}api
${overlay === undefined ? "" : `overlays: [${name}.overlay.yaml]\n`}${source.options}`,
  );
  if (overlay !== undefined) files.set(`oapi/${name}.overlay.yaml`, overlay);
  files.set(`${folder}/module.ts`, moduleText(service, module));
  files.set(`${folder}/http/${api}_problems.ts`, problemsText(service, collections));
  if (left.length > 0) files.set(`${folder}/http/unwritten.ts`, unwrittenText(service, left));
  for (const [index, collection] of collections.entries()) {
    const { names: { singular, plural } } = collection;
    files.set(`${folder}/domain/${singular.snake}.ts`, domainText(collection));
    if (collection.values.length > 0) {
      files.set(
        `${folder}/domain/${singular.snake}_values.ts`,
        valueTypesText(collection.values, collection.names.one),
      );
    }
    files.set(`${folder}/ports/${singular.snake}_repository.ts`, portText(collection));
    files.set(`${folder}/app/${plural.snake}.ts`, useCasesText(collection));
    files.set(`${folder}/http/${singular.snake}_dto.ts`, dtoText(service, collection));
    files.set(`${folder}/http/${singular.snake}_handlers.ts`, handlersText(service, collection));
    files.set(`${folder}/persistence/${singular.snake}_repository.ts`, repositoryText(collection));
    files.set(
      `${folder}/migrations/${versions[index]}_create_${plural.snake}.sql`,
      migrationText(collection),
    );
    files.set(`${folder}/${plural.snake}_test.ts`, resourceTestText(service, collection));
    const access = accessTestText(service, collection);
    if (access !== undefined) files.set(`${folder}/${plural.snake}_access_test.ts`, access);
  }
  if (collections.length > 0) {
    files.set(`${folder}/testing/${api}_databases.ts`, databasesText(service));
    files.set(`${folder}/testing/${api}_server.ts`, serverText(service));
  }
  return files;
}
