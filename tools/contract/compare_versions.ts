import { basename } from "node:path";
import { member, textMember } from "../oapi_codegen/document/json_value.ts";
import type { Change } from "./change.ts";
import { compareDocuments } from "./compare_documents.ts";
import { type ContractException, exceptionFor } from "./contract_exceptions.ts";
import type { ContractVersion } from "./contract_version.ts";

/** Change with its place in a file and, if it is intended, the reason. */
export interface LocatedChange extends Change {
  readonly file: string;
  readonly line: number | undefined;
  readonly reason: string | undefined;
}

/** Changes of a document between two versions. */
export interface ContractReport {
  /** Path of the document. */
  readonly document: string;
  /** Revision or file it is compared with. */
  readonly against: string;
  readonly changes: readonly LocatedChange[];
  /** Whether `info.version` announces breaking changes. */
  readonly isNewMajor: boolean;
  /** Exceptions that excuse a change. */
  readonly used: readonly ContractException[];
}

/** Options of the comparison. */
export interface CompareVersionsOptions {
  readonly document: string;
  readonly against: string;
  /** Undefined if the document is new, or removed. */
  readonly before: ContractVersion | undefined;
  readonly after: ContractVersion | undefined;
  readonly exceptions: readonly ContractException[];
  /** Date for sunsets, as in 2026-01-31. */
  readonly today: string;
}

/** Compares two versions of a document. */
export function compareVersions(options: CompareVersionsOptions): ContractReport {
  const { document, against, before, after, exceptions } = options;
  const used: ContractException[] = [];
  const changes = changesOf(options).map((change): LocatedChange => {
    const entry = change.level === "breaking"
      ? exceptionFor(change, { document: basename(document), exceptions })
      : undefined;
    if (entry !== undefined) used.push(entry);
    const place = (change.side === "before" ? before : after)?.locate(change.pointer);
    return { ...change, file: place?.file ?? document, line: place?.line, reason: entry?.reason };
  });
  const isNewMajor = before !== undefined && after !== undefined &&
    announcesBreaking(versionOf(before), versionOf(after));
  return { document, against, changes, isNewMajor, used };
}

/** Returns the breaking changes that neither the version nor an exception announces. */
export function unannounced({ changes, isNewMajor }: ContractReport): readonly LocatedChange[] {
  if (isNewMajor) return [];
  return changes.filter(({ level, reason }) => level === "breaking" && reason === undefined);
}

function changesOf({ before, after, today }: CompareVersionsOptions): readonly Change[] {
  if (before !== undefined && after !== undefined) {
    const changes = compareDocuments({ before: before.document, after: after.document, today });
    return [...basePathChange(before, after), ...changes];
  }
  const place = { places: [], pointer: "" };
  if (after !== undefined) return [{ level: "safe", message: "document added", side: "after", ...place }];
  if (before === undefined) return [];
  return [{ level: "breaking", message: "document removed", side: "before", ...place }];
}

/** Returns the change of the prefix of all paths, which is in the configuration. */
function basePathChange(before: ContractVersion, after: ContractVersion): readonly Change[] {
  const [old, now] = [before.basePath ?? "", after.basePath ?? ""];
  if (old === now) return [];
  const message = `base path changed from "${old}" to "${now}"`;
  return [{ level: "breaking", message, places: ["every operation"], pointer: "", side: "after" }];
}

function versionOf({ document }: ContractVersion): string {
  return textMember(member(document, "info"), "version") ?? "";
}

/** Whether a version may break what another one promised: with a new major version or, before 1.0.0, a minor one. */
export function announcesBreaking(before: string, after: string): boolean {
  const [old, now] = [before, after].map((text) => /^v?(\d+)(?:\.(\d+))?/.exec(text)?.slice(1).map(Number));
  const [oldMajor = 0, oldMinor = 0] = old ?? [];
  const [major = 0, minor = 0] = now ?? [];
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor);
}
