import { join } from "node:path";
import { DocumentText } from "../document_text.ts";
import { EditedText } from "../edit_text.ts";
import { type ExistingService, findService } from "../existing_service.ts";
import { spellingsOf } from "../names.ts";
import { NewError } from "../usage_error.ts";
import { writeChanges } from "../write_changes.ts";
import { operationsOf, scopesOf } from "./document_operations.ts";
import { findActionCode } from "./find_code.ts";
import { actionCode, hasConversions, unwrittenCode } from "./operation_code.ts";
import { addOperation } from "./operation_document.ts";
import { actionTestText, parseApi, unwrittenTestText } from "./operation_test_text.ts";
import { formOf, type OperationLine } from "./operation_line.ts";
import { openDocument, type OpenedDocument, pathInDocument } from "./open_document.ts";
import { type OperationRequest, type PlannedOperation, planOperation } from "./plan_operation.ts";

/** Components that the documents of the project share. */
const COMMON = "oapi/common.yaml";

/** Arguments of `deno task new operation`. */
export interface NewOperationOptions extends OperationRequest {
  readonly kind: "operation";
  /** Name of the service. */
  readonly service: string;
  readonly isDryRun: boolean;
}

/**
 * Adds an operation to a service, with its document, handler and test, or only lists the files.
 *
 * @throws {NewError} if it exists, cannot be described or implemented, or a task fails; then nothing was written.
 */
export async function writeOperation(root: string, options: NewOperationOptions): Promise<void> {
  const service = await findService(root, options.service);
  const opened = await documentFor(service, { root, options });
  const { path, generated, document } = opened;
  const line = { ...options.line, path: pathInDocument(options.line.path, opened) };
  await refuseOthers(root, { path, line: { ...line, path: opened.served(line.path) } });
  const commons = new DocumentText(COMMON, await Deno.readTextFile(join(root, COMMON)));
  const operation = planOperation({ ...options, line }, { document, commons });
  const operations = operationsOf(document);
  const items = operations.filter((one) => formOf(one.path) === formOf(operation.action?.path ?? ""));
  addOperation(document, operation);
  const found = findActionCode(service, operation, items.map(({ id }) => id));
  const action = found !== undefined && hasConversions(service, found, operation.body) ? found : undefined;
  const code = action === undefined
    ? unwrittenCode(service, operation, operations.map(({ id }) => id))
    : actionCode(service, operation, action);
  const written = await opened.files(`${line.method} ${operation.line.path}`);
  const changed = new Map([...written.changed, ...code.changed]);
  if (options.scope !== undefined) addScope(changed, { service, scope: options.scope });
  const tested = {
    service,
    operation,
    served: opened.served,
    api: await parseApi(document.text, { name: path, file: join(root, path) }),
  };
  const test = `${service.folder}/${spellingsOf(operation.id).snake}_test.ts`;
  const text = action === undefined ? unwrittenTestText(tested) : actionTestText(tested, {
    ...{ code: action, change: code.change },
    scopes: scopesOf(document),
  });
  await writeChanges(root, {
    changed,
    created: new Map([...written.created, [test, text]]),
    generated,
    notes: notesOf(operation, {
      ...{ service, isAction: action !== undefined, change: code.change },
      path: opened.served(operation.line.path),
    }),
    tests: test,
    isDryRun: options.isDryRun,
  });
}

/** Returns the document of a service to which a path belongs. */
async function documentFor(
  { documents, folder }: ExistingService,
  { root, options: { line } }: { readonly root: string; readonly options: NewOperationOptions },
): Promise<OpenedDocument> {
  const ranked = await Promise.all(documents.map(async (described) => {
    const opened = await openDocument(root, described);
    const words = pathInDocument(line.path, opened).split(/[/:]/);
    const shared = (opened.document.keys("paths") ?? []).map((one) => {
      const end = one.split("/").findIndex((word, index) => word !== words[index]);
      return end === -1 ? words.length : end;
    });
    return { opened, shared: Math.max(0, ...shared) };
  }));
  const best = ranked.toSorted((a, b) => b.shared - a.shared).at(0)?.opened;
  if (best === undefined) {
    throw new NewError(
      `${folder} imports no generated server of a document in oapi/, such as @archway/api/…/server.gen.ts`,
    );
  }
  return best;
}

/** @throws {NewError} if another document has the operation. */
async function refuseOthers(
  root: string,
  { path, line }: { readonly path: string; readonly line: OperationLine },
): Promise<void> {
  for await (const { name } of Deno.readDir(join(root, "oapi"))) {
    if (!/^(?!cfg\.|common\.).*\.yaml$/.test(name) || `oapi/${name}` === path) continue;
    const text = await Deno.readTextFile(join(root, "oapi", name));
    // Documents in JSON have other paths on each line; `deno task gen` and the program report the conflict.
    if (!text.includes("\npaths:")) continue;
    const other = operationsOf(new DocumentText(`oapi/${name}`, text)).find((one) =>
      one.id !== "" && one.method === line.method && formOf(one.path) === formOf(line.path)
    );
    if (other !== undefined) {
      throw new NewError(`oapi/${name} has ${other.method} ${other.path} already (operationId ${other.id})`);
    }
  }
}

/** Adds a scope to those of development tokens. */
function addScope(
  changed: Map<string, string>,
  { service: { folder, sources }, scope }: { readonly service: ExistingService; readonly scope: string },
): void {
  const path = `${folder}/module.ts`;
  const file = new EditedText(path, sources.get(path) ?? "", "Add an operation");
  const list = /^ {2}scopes: \[([^\]]*)\]/m.exec(file.text)?.[1] ?? "";
  if (list.includes(JSON.stringify(scope))) return;
  if (list === "") file.insert(/(defineService\(\{\n)/, `  scopes: [${JSON.stringify(scope)}],\n`);
  else file.insert(/(^ {2}scopes: \[[^\]]*?),?\s*\]/m, `, ${JSON.stringify(scope)}`);
  changed.set(path, file.text);
}

function notesOf(
  { id, line: { method }, action }: PlannedOperation,
  { service: { folder }, path, isAction, change }: {
    readonly service: ExistingService;
    /** Path that the operation is served at. */
    readonly path: string;
    readonly isAction: boolean;
    readonly change: ReturnType<typeof actionCode>["change"];
  },
): string {
  const state = change !== undefined
    ? `sets ${change.property} to "${change.value}" under If-Match, from any current value: refuse those that must not ` +
      `become it in ${folder}/app.ts (${action?.verb})`
    : isAction
    ? `checks access and If-Match, then responds with 501: write the change in ${folder}/app.ts (${action?.verb})`
    : "responds with 501: write its use case and handler";
  return `${method} ${path} (${id}) ${state}.
`;
}
