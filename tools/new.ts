import { join } from "node:path";
import { print } from "@archway/program/print.ts";
import { writeDocumentService } from "./new/from/write_document_service.ts";
import { isKind, parseNewArguments, USAGE } from "./new/new_arguments.ts";
import { writeEvent } from "./new/event/write_event.ts";
import { writeOperation } from "./new/operation/write_operation.ts";
import { usageOf } from "./new/usage_of.ts";
import { NewError } from "./new/usage_error.ts";
import { writeField } from "./new/write_field.ts";
import { writeService } from "./new/write_service.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname ?? ".", "..");

/** `deno task new service|field|operation|event`: writes a service, or adds to one. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseNewArguments(args);
  if (options === undefined) {
    const kind = args.find((argument) => !argument.startsWith("-"));
    await print(Deno.stdout, isKind(kind) ? usageOf(kind, USAGE) : USAGE);
    return 0;
  }
  if (options.kind === "document-service") await writeDocumentService(ROOT, options);
  else if (options.kind === "field") await writeField(ROOT, options);
  else if (options.kind === "operation") await writeOperation(ROOT, options);
  else if (options.kind === "event") await writeEvent(ROOT, options);
  else await writeService(ROOT, options);
  return 0;
}

if (import.meta.main) await runTask(main, { expected: [NewError] });
