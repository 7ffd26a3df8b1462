import { child, entries, type Located, member, textMember } from "../document/json_value.ts";
import { isJsonType } from "../media/binary_schema.ts";
import { readContent } from "../media/media_types.ts";
import type { HeaderModel, ResponseModel } from "./model.ts";
import type { References } from "../document/references.ts";

/**
 * Returns the responses that a handler may return, in the document's order. `default` and ranges such as 4XX only
 * document further responses for clients: handlers return declared statuses and throw anything else. Without a success of
 * its own, an operation returns 200 for 2XX or for default, or else 204.
 */
export function readResponses(operation: Located, references: References): readonly ResponseModel[] {
  const { diagnostics } = references;
  const found: ResponseModel[] = [];
  const declared = [...entries(operation, "responses")].filter(([status]) => !status.startsWith("x-"));
  const statuses = declared.map(([status]) => status);
  for (const [written, value] of declared) {
    const response = references.follow(value);
    if (response === undefined) continue;
    const status = statusOf(written, statuses);
    if (status === "default" || /^[1-5]XX$/.test(status)) continue;
    if (/^1\d\d$/.test(status)) {
      diagnostics.warn(value.pointer, "Handlers return final responses, from 200 on; this one is ignored");
      continue;
    }
    if (!/^[2-5]\d\d$/.test(status)) {
      diagnostics.add(
        value.pointer,
        "A status is a number from 200 to 599, a range such as 4XX, or default",
      );
      continue;
    }
    const isEmpty = ["204", "205", "304"].includes(status);
    if (isEmpty && [...entries(response, "content")].length > 0) {
      diagnostics.warn(
        `${response.pointer}/content`,
        `A ${status} has no body (RFC 9110, section 15); the content is ignored`,
      );
    }
    found.push({
      status: Number(status),
      description: textMember(response.value, "description"),
      headers: readHeaders(response, references),
      content: isEmpty ? [] : readContent(response, { direction: "response", references }),
    });
  }
  if (found.length > 0) return found;
  diagnostics.warn(
    operation.pointer,
    "No response has a status of its own: handlers return 204 without content",
  );
  return [{ status: 204, description: undefined, headers: [], content: [] }];
}

/** Returns the status of a response: 200 for 2XX, or else for default, where no status is a success of its own. */
function statusOf(written: string, statuses: readonly string[]): string {
  if (statuses.some((status) => /^[23]\d\d$/.test(status))) return written;
  if (written === "2XX") return "200";
  return written === "default" && !statuses.includes("2XX") ? "200" : written;
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
    const [[mediaType, media] = []] = entries(header, "content");
    const isJson = mediaType !== undefined && isJsonType(mediaType.toLowerCase());
    if (mediaType !== undefined && !isJson) {
      references.diagnostics.warn(
        `${header.pointer}/content`,
        "The header is written as text, not as this type",
      );
    }
    found.push({
      name,
      required: member(header.value, "required") === true,
      description: textMember(header.value, "description"),
      content: isJson ? "json" : undefined,
      explode: member(header.value, "explode") === true,
      schema: isJson && media !== undefined ? child(media, "schema") : child(header, "schema"),
    });
  }
  return found;
}
