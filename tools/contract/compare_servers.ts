import { elements, type Located, textMember } from "../oapi_codegen/document/json_value.ts";
import type { DocumentPair } from "./document_pair.ts";

/** Compares the servers of a document, a path or an operation. */
export function compareServers(
  { changes }: DocumentPair,
  { before, after, place = "the document" }: {
    readonly before: Located;
    readonly after: Located;
    readonly place?: string;
  },
): void {
  const urls = (parent: Located): readonly string[] =>
    [...elements(parent, "servers")].map(({ value }) => textMember(value, "url") ?? "");
  const [old, now] = [urls(before), urls(after)];
  for (const url of old.filter((other) => !now.includes(other))) {
    const pointer = `${before.pointer}/servers`;
    changes.add(place, { level: "risky", message: `server ${url} removed`, pointer, side: "before" });
  }
  for (const url of now.filter((other) => !old.includes(other))) {
    const pointer = `${after.pointer}/servers`;
    changes.add(place, { level: "safe", message: `server ${url} added`, pointer, side: "after" });
  }
}
