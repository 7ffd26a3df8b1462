import type { ExportColumnType } from "@archway/service_kit/export_definition.ts";
import { dayOf } from "./file_path.ts";
import type { Manifest } from "./manifest.ts";

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

/** Whether a value is a manifest of this program. */
export function isManifest(value: unknown): value is Manifest {
  return isObject(value) && wrongMember(value) === undefined;
}

/** Returns the name of the first member that no manifest has so; undefined if there is none, or no object. */
export function wrongMember(value: unknown): string | undefined {
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
