import { descriptor } from "./descriptors.ts";
import { docComment } from "../types/doc_comment.ts";
import type { OperationModel } from "../operations/model.ts";
import { requestType } from "./request_types.ts";
import { responseType } from "./response_types.ts";
import type { SchemaTypes } from "../types/schema_types.ts";

/** Content of server.gen.ts. */
export interface ServerFileOptions {
  /** First comment, with its line break. */
  readonly header: string;
  readonly operations: readonly OperationModel[];
  readonly types: SchemaTypes;
}

/** Returns the text of server.gen.ts: types, strict interface, descriptors and routes. */
export function serverFile({ header, operations, types }: ServerFileOptions): string {
  const methods = operations.map(({ operationId, typeName, summary, description, deprecated }) =>
    docComment([summary, description], { indent: "  ", deprecated }) +
    `  ${operationId}(request: ${typeName}Request, context: RequestContext): Promise<${typeName}Response>;\n`
  );
  const bindings = [...operations].sort(bySpecificity).map(({ operationId, typeName }) =>
    `    bind<${typeName}Request>(operationDescriptors.${operationId}, (request, context) =>\n` +
    `      server.${operationId}(request, context)),\n`
  );
  const ownTypes = operations.flatMap((operation) => [
    requestType(operation, types),
    responseType(operation, types),
  ]);
  return [
    header,
    `import type * as runtime from "@archway/server/operation.ts";\n`,
    // Without operations, nothing uses them.
    ...operations.length === 0 ? [] : [
      `import type { RequestContext } from "@archway/server/request_context.ts";\n`,
      `import * as validators from "./validators.gen.js";\n`,
    ],
    "\n",
    `export { spec } from "./spec.gen.ts";\n\n`,
    `${types.declarations}\n\n${types.named()}\n`,
    ownTypes.join("\n"),
    "\n/** Handlers of the operations. An undeclared status, header or body does not compile. */\n",
    `export interface StrictServerInterface {\n${methods.join("\n")}}\n\n`,
    operations.map(descriptor).join("\n"),
    "\n/** Descriptors of the operations, by operationId. */\n",
    `export const operationDescriptors = {\n${
      operations.map(({ operationId }) => `  ${operationId},\n`).join("")
    }}`,
    " satisfies Readonly<Record<string, runtime.Operation>>;\n\n",
    "/** Binds the operations to an implementation. The more specific of two matching paths comes first. */\n",
    `export function routes(${operations.length === 0 ? "_" : ""}server: StrictServerInterface): `,
    `readonly runtime.Route[] {\n  return [\n${bindings.join("")}  ];\n}\n`,
    operations.length === 0 ? "" : `\n${BIND}`,
  ].join("");
}

const BIND = `/**
 * Binds an operation to its handler. The only cast of this file: a route is called only after the operation's own
 * validators, compiled from the same document as \`Request\`, have accepted the request.
 */
function bind<Request>(
  operation: runtime.Operation,
  handle: (request: Request, context: RequestContext) => Promise<runtime.StrictResponse>,
): runtime.Route {
  return { operation, handle: (request, context) => handle(request as Request, context) };
}
`;

/** Compares paths by segments from the left: text precedes a variable. */
function bySpecificity(left: OperationModel, right: OperationModel): number {
  const others = right.path.split("/");
  for (const [index, segment] of left.path.split("/").entries()) {
    const other = others[index];
    if (other === undefined) return 0;
    const difference = Number(segment.startsWith("{")) - Number(other.startsWith("{"));
    if (difference !== 0) return difference;
    if (segment !== other) return 0;
  }
  return 0;
}
