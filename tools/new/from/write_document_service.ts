import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { FileTransaction } from "../file_transaction.ts";
import { migrationVersions } from "../find_clashes.ts";
import { CHANGED, newVersion, runProjectTasks, withInterrupts } from "../project_tasks.ts";
import { registerService } from "../register_service.ts";
import type { DocumentServiceOptions } from "./document_arguments.ts";
import { readDocument, type SourceDocument } from "./document_files.ts";
import { etagOverlay } from "./etag_overlay.ts";
import { planReport } from "./plan_report.ts";
import { planService, type ServicePlan } from "./plan_service.ts";
import { readProjectNames, refuseServiceClashes } from "./project_names.ts";
import { spelled } from "./resource_names.ts";
import { documentServiceFiles } from "./service_files.ts";
import type { ServiceNaming } from "./templates/code.ts";

/**
 * Writes the service of a document into the project below a root, or only lists its files.
 *
 * @throws {NewError} if something of the service exists, the document is invalid, or a task fails; then nothing was written.
 */
export async function writeDocumentService(root: string, options: DocumentServiceOptions): Promise<void> {
  const service = namingOf(options.name);
  const { source, plan, overlay } = await planned(root, service, options);
  const taken = new Set(await migrationVersions(root));
  const versions = plan.collections.map(() => {
    const version = newVersion(taken);
    taken.add(version);
    return version;
  });
  const files = documentServiceFiles({ service, source, versions, overlay, ...plan });
  const list = await Deno.readTextFile(join(root, "services.ts"));
  const services = registerService(list, { module: `${service.camel}Module`, folder: service.folder });
  const generated = [`api/${service.api}api/`, `api/clients/typescript/${service.api}/`];
  const schema = plan.collections.length > 0 ? [`${service.folder}/schema.sql`] : [];
  if (!options.isDryRun) {
    await withInterrupts(async () => {
      await using transaction = new FileTransaction(root);
      for (const path of [service.folder, `oapi/${service.name}`, ...generated]) transaction.willCreate(path);
      for (const path of CHANGED) await transaction.willChange(path);
      for (const [path, text] of files) await transaction.create(path, text);
      const formatted = [...files.keys()].filter((path) => !path.startsWith(`oapi/${service.name}/`));
      const register = (path: string): Promise<void> => transaction.change(path, services);
      await runProjectTasks(root, formatted, { register });
      transaction.commit();
    });
  }
  const written = [...files].map(([path, text]) => `  ${path} (${text.split("\n").length - 1} lines)\n`);
  const more = [...generated, ...schema].map((path) => `  ${path} (generated)\n`);
  await print(
    Deno.stdout,
    `${options.isDryRun ? "Would write" : "Wrote"}:
${written.join("")}${more.join("")}  services.ts (changed)

${planReport(plan, source.notes)}${options.isDryRun ? "" : nextSteps(service, plan.collections.length > 0)}`,
  );
}

/** Reads and plans a document; with entity tags, if it has none. */
async function planned(
  root: string,
  service: ServiceNaming,
  { from, prefix, isOwned }: DocumentServiceOptions,
): Promise<
  { readonly source: SourceDocument; readonly plan: ServicePlan; readonly overlay: string | undefined }
> {
  const { isTaken } = await readProjectNames(root);
  const planOf = ({ operations, references }: SourceDocument): ServicePlan =>
    planService(operations, { references, isOwned, prefix: service.name, isTaken });
  const written = await readDocument(from, { prefix });
  await refuseServiceClashes(root, { service, operations: written.operations });
  const first = planOf(written);
  const overlay = etagOverlay(written.written, first.collections);
  if (overlay === undefined) return { source: written, plan: first, overlay };
  const source = await readDocument(from, { prefix, overlay });
  const note = `ETag and If-Match are added to the document by oapi/${service.name}.overlay.yaml`;
  return { source: { ...source, notes: [...source.notes, note] }, plan: planOf(source), overlay };
}

function nextSteps({ folder }: ServiceNaming, hasTests: boolean): string {
  return `
Next:
  deno task check
${hasTests ? `  deno task test ${folder}/\n` : ""}  deno task dev
`;
}

/** Returns the names of a service. */
function namingOf(name: string): ServiceNaming {
  const { kebab, snake, camel, pascal } = spelled(name.replaceAll("_", "-"));
  return { name: kebab, folder: `${snake}_service`, api: snake, camel, pascal };
}
