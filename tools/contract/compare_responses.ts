import type { JsonValue } from "@archway/server/operation.ts";
import { child, entries, type Located, member } from "../oapi_codegen/document/json_value.ts";
import { compareContent } from "./compare_content.ts";
import type { OperationPair } from "./document_pair.ts";
import { follow } from "./flat_schema.ts";
import { ANYTHING } from "./schema_pair.ts";

/** Compares the responses of an operation. */
export function compareResponses(pair: OperationPair): void {
  const { changes, place, clientSends } = pair;
  const before = responsesOf(pair.operation.before, pair.before);
  const after = responsesOf(pair.operation.after, pair.after);
  for (const [status, response] of before) {
    const now = after.get(status) ?? after.get(`${status[0]}XX`);
    if (now !== undefined) compareResponse(pair, { status, before: response, after: now });
    else {
      const level = isSuccess(status) && clientSends === "request" ? "breaking" : "risky";
      const message = `response ${status} removed`;
      changes.add(place, { level, message, pointer: response.pointer, side: "before" });
    }
  }
  for (const [status, { pointer }] of after) {
    if (before.has(status) || before.has(`${status[0]}XX`)) continue;
    const level = isSuccess(status) && before.size > 0 ? "risky" : "safe";
    changes.add(place, { level, message: `response ${status} added`, pointer, side: "after" });
  }
}

function responsesOf(operation: Located, root: JsonValue): ReadonlyMap<string, Located> {
  return new Map(
    [...entries(operation, "responses")].filter(([status]) => !status.startsWith("x-"))
      .map(([status, response]) => [status.toUpperCase(), follow(response, root)]),
  );
}

function isSuccess(status: string): boolean {
  return status.startsWith("2");
}

function compareResponse(
  pair: OperationPair,
  { status, before, after }: {
    readonly status: string;
    readonly before: Located;
    readonly after: Located;
  },
): void {
  const subject = `response ${status === "DEFAULT" ? "default" : status}`;
  const direction = pair.clientSends === "request" ? "response" : "request";
  compareContent(pair, { before, after, place: pair.place, subject, direction });
  compareHeaders(pair, { subject, before, after });
}

function compareHeaders(
  pair: OperationPair,
  { subject, before, after }: {
    readonly subject: string;
    readonly before: Located;
    readonly after: Located;
  },
): void {
  const { changes, place } = pair;
  const [old, now] = [headersOf(before, pair.before), headersOf(after, pair.after)];
  const isRequired = ({ value }: Located): boolean => member(value, "required") === true;
  for (const [name, header] of old) {
    const found = now.get(name);
    const label = `header ${name} of ${subject}`;
    if (found === undefined) {
      const level = isRequired(header) ? "breaking" : "risky";
      const message = `${isRequired(header) ? "required " : ""}${label} removed`;
      changes.add(place, { level, message, pointer: header.pointer, side: "before" });
      continue;
    }
    if (isRequired(header) !== isRequired(found)) {
      const level = isRequired(found) ? "safe" : "breaking";
      const message = `${label} is now ${isRequired(found) ? "required" : "optional"}`;
      changes.add(place, { level, message, pointer: found.pointer, side: "after" });
    }
    const [left, right] = [child(header, "schema"), child(found, "schema")];
    const direction = pair.clientSends === "request" ? "response" : "request";
    const findings = pair.schemas.compare({
      before: left === undefined ? ANYTHING : { parts: [left] },
      after: right === undefined ? ANYTHING : { parts: [right] },
    }, { direction, asText: "scalars" });
    changes.addFindings(findings, { place, subject: label });
  }
  for (const [name, { pointer }] of now) {
    if (old.has(name)) continue;
    changes.add(place, {
      level: "safe",
      message: `header ${name} of ${subject} added`,
      pointer,
      side: "after",
    });
  }
}

function headersOf(response: Located, root: JsonValue): ReadonlyMap<string, Located> {
  return new Map(
    [...entries(response, "headers")].map(([name, header]) => [name.toLowerCase(), follow(header, root)]),
  );
}
