import { docComment } from "../types/doc_comment.ts";
import { pascalCase } from "../types/identifiers.ts";
import { unescapeToken } from "../document/json_value.ts";
import type { OperationModel } from "../operations/model.ts";
import type { SchemaTypes } from "../types/schema_types.ts";

/** Content of a TypeScript client. */
export interface ClientFilesOptions {
  /** First comment, with its line break. */
  readonly header: string;
  readonly operations: readonly OperationModel[];
  readonly types: SchemaTypes;
  /** Name of the document, such as "profile". */
  readonly name: string;
  /** Title of the document. */
  readonly title: string | undefined;
}

/** Returns the files of a client by name: its types, and a function that creates it. They import the runtime beside. */
export function clientFiles(
  { header, operations, types, name, title = name }: ClientFilesOptions,
): ReadonlyMap<string, string> {
  const typeName = `${pascalCase(name)}Client`;
  const read = new Set(operations.filter(({ method }) => method === "GET").map(({ path }) => path));
  const traits = operations.flatMap((operation) => traitsOf(operation, read));
  const client = [
    header,
    `import {\n  type ApiClient,\n  type ClientOptions,\n  createApiClient,\n} from "../runtime/api_client.gen.ts";\n`,
    `import type { paths } from "./types.gen.ts";\n\n`,
    `export type * from "./types.gen.ts";\n`,
    `export type { ApiResult, ClientOptions } from "../runtime/api_client.gen.ts";\n`,
    `export { ConnectionError, PreconditionFailedError, ProblemError } from "../runtime/problem_error.gen.ts";\n`,
    ...(operations.some(hasItems) ? [STREAMS] : []),
    `\n/** Operations for which the client sets headers. */\n`,
    `const operations = {\n${traits.join("")}} as const;\n\n`,
    docComment([`Client of ${title}.`]),
    `export type ${typeName} = ApiClient<paths>;\n\n`,
    docComment([`Creates a client of ${title}.`]),
    `export function create${typeName}(options: ClientOptions): ${typeName} {\n`,
    `  return createApiClient<paths>(operations, options);\n}\n`,
  ].join("");
  return new Map([
    ["client.gen.ts", client],
    ["types.gen.ts", `${header}\n${types.declarations}\n\n${types.named()}`],
  ]);
}

const STREAMS = 'export { readEvents, readItems, type ServerEvent } from "../runtime/streams.gen.ts";\n';

/** Whether a response has events or items. */
function hasItems({ responses }: OperationModel): boolean {
  return responses.some(({ content }) =>
    content.some(({ codec }) => codec === "events" || codec === "lines" || codec === "sequence")
  );
}

/**
 * Returns the line for an operation; none if the client sets nothing for it.
 *
 * @param read paths with a GET. An action such as POST /orders/{id}/cancel requires the tag of the order.
 */
function traitsOf(
  { method, path, pointer, parameters, body }: OperationModel,
  read: ReadonlySet<string>,
): readonly string[] {
  const takes = (name: string): boolean =>
    parameters.some((one) => one.in === "header" && one.name.toLowerCase() === name);
  const mediaTypes = body?.content.map(({ mediaType }) => mediaType) ?? [];
  const [first] = mediaTypes;
  // The path as written, without the prefix of its servers.
  const written = unescapeToken(pointer.split("/").at(-2) ?? "");
  const resource = path.slice(0, path.lastIndexOf("}") + 1);
  const isAction = resource !== path && read.has(resource);
  const traits = [
    ...(written === path ? [] : [`path: ${JSON.stringify(path)}`]),
    ...(first === undefined || mediaTypes.includes("application/json")
      ? []
      : [`body: ${JSON.stringify(first)}`]),
    ...(takes("if-match") ? [`match: ${isAction ? JSON.stringify(resource) : "true"}`] : []),
    ...(takes("idempotency-key") ? ["key: true"] : []),
    ...(takes("consistency-token") ? ["token: true"] : []),
  ];
  return traits.length === 0
    ? []
    : [`  ${JSON.stringify(`${method} ${written}`)}: { ${traits.join(", ")} },\n`];
}
