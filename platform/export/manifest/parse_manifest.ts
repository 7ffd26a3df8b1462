import { CommandError } from "@archway/service_kit/command.ts";
import type { ExportColumnType, ExportDefinition } from "@archway/service_kit/export_definition.ts";
import { dayOf } from "./file_path.ts";
import { type Manifest, MANIFEST_FILE } from "./manifest.ts";

type Check = (value: unknown) => boolean;

/** Checks of the members. A manifest decides which files are read and removed, so all of it is checked. */
const MEMBERS: Readonly<Record<keyof Manifest, Check>> = {
  format: (value) => value === 1,
  dataSet: isName,
  kind: (value) => value === "stream" || value === "table",
  sequence: isCount,
  completedAt: optional(isTime),
  columns: listOf({
    name: isName,
    type: (value) => typeof value === "string" && Object.hasOwn(TYPES, value),
  }),
  rows: isCount,
  files: (value) => isFiles(value) && value.every(({ path, day }) => dayOf(path) === day),
  stream: optional(objectOf({
    position: isPosition,
    fingerprint: objectOf({ after: isPosition, value: isText }),
  })),
  days: optional((value) =>
    isObject(value) &&
    Object.entries(value).every(([day, digest]) => DAY.test(day) && isExportedDay(digest))
  ),
  replaced: optional(listOf({
    path: (value) => typeof value === "string" && dayOf(value) !== undefined,
    until: isTime,
  })),
};

const TYPES: Readonly<Record<ExportColumnType, true>> = {
  ...{ boolean: true, int32: true, int64: true, decimal: true },
  ...{ text: true, uuid: true, json: true, timestamp: true },
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Parses the manifest of a data set.
 *
 * @throws {CommandError} if it is none, or that of another data set.
 */
export function parseManifest(text: string, { name, kind }: ExportDefinition): Manifest {
  const value = parseJson(text);
  if (!isManifest(value)) {
    throw new CommandError(
      `${MANIFEST_FILE} of ${name} is not a manifest of this program${fault(value)}; use an empty target`,
    );
  }
  if (value.dataSet !== name || value.kind !== kind) {
    throw new CommandError(`The target holds the data set ${value.dataSet}, not ${name}; use another one`);
  }
  return value;
}

/** Returns the member that is wrong, for an error. */
function fault(value: unknown): string {
  const member = wrongMember(value);
  return member === undefined ? "" : `, as its member ${member} shows`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is a manifest of this program. */
function isManifest(value: unknown): value is Manifest {
  return isObject(value) && wrongMember(value) === undefined;
}

/** Returns the name of the first member that no manifest has so; undefined if there is none, or no object. */
function wrongMember(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const wrong = Object.entries(MEMBERS).find(([name, check]) => !check(value[name]));
  // Without its progress, all rows would be added once more.
  const progress = value["kind"] === "stream" ? "stream" : "days";
  return wrong?.[0] ?? (value[progress] === undefined ? progress : undefined);
}

function isFiles(value: unknown): value is Manifest["files"] {
  return listOf({ path: isText, day: isText, rows: isCount, bytes: isCount })(value);
}

function isExportedDay(value: unknown): boolean {
  return objectOf({
    rows: isPosition,
    digest: (digest) => typeof digest === "string" && /^-?\d{1,40}$/.test(digest),
  })(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isName(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]{1,100}$/.test(value);
}

/** Whether a value is a time as this program writes it: other forms may lack the zone. */
function isTime(value: unknown): boolean {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Whether a value is the digits of a position, which fits into 64 bits. */
function isPosition(value: unknown): boolean {
  return typeof value === "string" && /^\d{1,19}$/.test(value) && BigInt(value) < 1n << 63n;
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

function objectOf(members: Readonly<Record<string, Check>>): Check {
  return (value) => isObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));
}

function listOf(members: Readonly<Record<string, Check>>): Check {
  return (value) => Array.isArray(value) && value.every(objectOf(members));
}
