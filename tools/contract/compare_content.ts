import { child, entries, type Located } from "../oapi_codegen/document/json_value.ts";
import type { Direction, Level } from "./change.ts";
import type { DocumentPair } from "./document_pair.ts";
import { ANYTHING, type SchemaUse } from "./schema_pair.ts";

/** Versions of an object with a `content`, and how to report its changes. */
export interface CompareContentOptions {
  readonly before: Located;
  readonly after: Located;
  /** Operation. */
  readonly place: string;
  /** Part of the operation, such as "request body". */
  readonly subject: string;
  readonly direction: Direction;
}

/** Compares the media types of a body and their schemas. */
export function compareContent(
  { schemas, changes }: DocumentPair,
  { before, after, place, subject, direction }: CompareContentOptions,
): void {
  const [old, now] = [mediaTypes(before), mediaTypes(after)];
  for (const [type, media] of old) {
    const found = now.get(type) ?? successorOf(type, now, direction);
    if (found === undefined) {
      const message = `${subject}: media type ${type} removed`;
      changes.add(place, { level: "breaking", message, pointer: media.pointer, side: "before" });
      continue;
    }
    for (const keyword of ["schema", "itemSchema"]) {
      const [left, right] = [child(media, keyword), child(found, keyword)];
      if (left === undefined && right === undefined) continue;
      const findings = schemas.compare({
        before: left === undefined ? ANYTHING : { parts: [left] },
        after: right === undefined ? ANYTHING : { parts: [right] },
      }, { direction, asText: textOf(type) });
      changes.addFindings(findings, { place, subject });
    }
  }
  const level: Level = direction === "response" && old.size > 0 ? "risky" : "safe";
  for (const [type, { pointer }] of now) {
    if (old.has(type) || predecessorOf(type, old, direction) !== undefined) continue;
    changes.add(place, { level, message: `${subject}: media type ${type} added`, pointer, side: "after" });
  }
}

function mediaTypes(parent: Located): ReadonlyMap<string, Located> {
  return new Map([...entries(parent, "content")].map(([type, media]) => [normal(type), media]));
}

/** Returns a media type in lower case, with its parameters in the order of their names. */
function normal(type: string): string {
  const [essence = "", ...parameters] = type.toLowerCase().split(";").map((part) => part.trim());
  return [essence, ...parameters.sort()].join("; ");
}

/** Returns a media type of the later version that admits the earlier one, or, in responses, one it admits. */
function successorOf(
  type: string,
  now: ReadonlyMap<string, Located>,
  direction: Direction,
): Located | undefined {
  return [...now].find(([other]) => direction === "request" ? admits(other, type) : admits(type, other))?.[1];
}

function predecessorOf(
  type: string,
  old: ReadonlyMap<string, Located>,
  direction: Direction,
): Located | undefined {
  return [...old].find(([other]) => direction === "request" ? admits(type, other) : admits(other, type))?.[1];
}

/** Whether a media type or range contains another: of the same type, with fewer parameters or a wildcard. */
function admits(range: string, type: string): boolean {
  const [essence = "", ...parameters] = range.split("; ");
  const [other = "", ...others] = type.split("; ");
  const [top, sub] = essence.split("/");
  const same = essence === other || essence === "*/*" || (sub === "*" && other.startsWith(`${top}/`)) ||
    (sub !== undefined && other.startsWith(`${top}/`) && other.endsWith(`+${sub}`));
  return same && parameters.every((parameter) => others.includes(parameter));
}

/** Returns the types that are text in a media type: all elements of XML, scalars of forms, and none of JSON. */
function textOf(type: string): SchemaUse["asText"] {
  if (/\/(?:[\w.-]+\+)?(?:json|jsonl|ndjson|json-seq)\b|^text\/event-stream/.test(type)) return "none";
  return /\bxml\b/.test(type) ? "all" : "scalars";
}
