import { child, entries, type Located, member, textMember } from "./json_value.ts";
import { readContent } from "./media_types.ts";
import type { HeaderModel, ResponseModel } from "./model.ts";
import type { References } from "./references.ts";

/**
 * Returns the responses that a handler may return, in the document's order. `default` and ranges such as 4XX only
 * document further responses for clients: handlers return declared statuses and throw anything else. Without a success of
 * its own, an operation returns 200 for 2XX, or for default if there is no other.
 */
export function readResponses(operation: Located, references: References): readonly ResponseModel[] {
  const { diagnostics } = references;
  const found: ResponseModel[] = [];
  const declared = [...entries(operation, "responses")].filter(([status]) => !status.startsWith("x-"));
  const successful = declared.some(([status]) => /^2\d\d$/.test(status));
  for (const [written, value] of declared) {
    const response = references.follow(value);
    if (response === undefined) continue;
    const status = successful ? written : statusOf(written, declared);
    if (status === "default" || /^[1-5]XX$/.test(status)) continue;
    if (!/^[2-5]\d\d$/.test(status)) {
      diagnostics.add(
        value.pointer,
        "A status is a number from 200 to 599, a range such as 4XX, or default",
      );
      continue;
    }
    const content = readContent(response, { direction: "response", references });
    if (content.length > 0 && ["204", "205", "304"].includes(status)) {
      diagnostics.add(
        `${response.pointer}/content`,
        `A ${status} has no body (RFC 9110, section 15); remove the content`,
      );
    }
    found.push({
      status: Number(status),
      description: textMember(response.value, "description"),
      headers: readHeaders(response, references),
      content,
    });
  }
  if (found.length === 0) {
    diagnostics.add(
      operation.pointer,
      "The operation has no response with a status of its own; declare one, such as 200",
    );
  }
  return found;
}

/** Returns the status of a response where none is a success of its own: 200 for 2XX, or for default if it is alone. */
function statusOf(written: string, declared: readonly (readonly [string, Located])[]): string {
  if (written === "2XX") return "200";
  return written === "default" && declared.length === 1 ? "200" : written;
}

function readHeaders(response: Located, references: References): readonly HeaderModel[] {
  const found: HeaderModel[] = [];
  for (const [name, written] of entries(response, "headers")) {
    // OpenAPI 3.1, section 4.8.17, ignores this header, because the content declares the type.
    if (name.toLowerCase() === "content-type") continue;
    const header = references.follow(written);
    if (header === undefined) continue;
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      references.diagnostics.add(written.pointer, "Invalid header name (RFC 9110, section 5.1)");
      continue;
    }
    const schema = child(header, "schema");
    const type = schema && textMember(references.follow(schema)?.value, "type");
    const isScalar = schema !== undefined && ["string", "integer", "number"].includes(type ?? "");
    found.push({
      name,
      required: member(header.value, "required") === true,
      description: textMember(header.value, "description"),
      // A handler writes any other value as text: OpenAPI's styles leave several forms.
      schema: isScalar ? schema : { value: { type: "string" }, pointer: header.pointer },
    });
  }
  return found;
}
