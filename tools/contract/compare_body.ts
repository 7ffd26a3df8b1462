import { child, type Located, member } from "../oapi_codegen/document/json_value.ts";
import type { Level } from "./change.ts";
import { compareContent } from "./compare_content.ts";
import type { OperationPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";

/** Compares the request bodies of an operation. */
export function compareBody(pair: OperationPair): void {
  const { operation, place, changes, clientSends } = pair;
  const before = bodyOf(operation.before, pair.before);
  const after = bodyOf(operation.after, pair.after);
  const isRequired = (body: Located | undefined): boolean => member(body?.value, "required") === true;
  const isSender = clientSends === "request";
  if (before === undefined || after === undefined) {
    if (after !== undefined) {
      const level: Level = isSender && isRequired(after) ? "breaking" : "safe";
      const message = `${isRequired(after) ? "required" : "optional"} request body added`;
      changes.add(place, { level, message, pointer: after.pointer, side: "after" });
    } else if (before !== undefined) {
      const { pointer } = before;
      changes.add(place, { level: "breaking", message: "request body removed", pointer, side: "before" });
    }
    return;
  }
  if (isRequired(before) !== isRequired(after)) {
    const message = isRequired(after) ? "request body is now required" : "request body is now optional";
    const level = isRequired(after) === isSender ? "breaking" : "safe";
    changes.add(place, { level, message, pointer: after.pointer, side: "after" });
  }
  compareContent(pair, { before, after, place, subject: "request body", direction: clientSends });
}

function bodyOf(operation: Located, root: OperationPair["before"]): Located | undefined {
  const body = child(operation, "requestBody");
  return body === undefined ? undefined : follow(body, root);
}
