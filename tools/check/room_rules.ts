import { isTest, isWithin, matchesAny, type Place, placeOf } from "./room_of.ts";
import type { ResolvedImport, SourceFile } from "./source_tree.ts";

/** Returns a line for every file outside of all rooms, and every import that is not allowed. */
export function brokenRoomRules(files: readonly SourceFile[]): readonly string[] {
  return [...unlisted(files), ...files.flatMap(brokenImports)];
}

function unlisted(files: readonly SourceFile[]): readonly string[] {
  const places = new Set(
    files.filter(({ path }) => placeOf(path) === undefined).map(({ path }) => folderOf(path)),
  );
  return [...places].map((place) =>
    `${place}: not in a room; move it into one, or add it to tools/check/rooms.ts with the rooms that it may import`
  );
}

/** Returns the folder that would have to be listed. It is at the top, or in a folder of rooms. */
function folderOf(file: string): string {
  return /^(?:(?:platform|api)\/)?[^/]+\/?/.exec(file)?.[0] ?? file;
}

function brokenImports({ path, imports }: SourceFile): readonly string[] {
  const from = placeOf(path);
  if (from === undefined) return [];
  const broken = imports.flatMap((imported) => {
    const why = violationOf(imported, { file: path, from });
    return why === undefined ? [] : [`${path}:${imported.line}: ${why}`];
  });
  return from.room.testsOnly && !isTest(path)
    ? [`${path}: ${from.path} is for tests only`, ...broken]
    : broken;
}

function violationOf(
  { target, specifier }: ResolvedImport,
  { file, from }: { file: string; from: Place },
): string | undefined {
  if (target === undefined) {
    return isTest(file) || from.path === "tools/" ? undefined : "imports a module with a computed name";
  }
  if (!("file" in target)) return undefined;
  const to = placeOf(target.file);
  if (to === undefined) return `imports ${specifier}, which is not in a room`;
  if (!isTest(file) && from.path !== "tools/" && isTest(target.file)) {
    return `imports ${target.file}, which only tests may import`;
  }
  if (to.path === from.path) return undefined;
  if (matchesAny(to.path, from.room.never ?? [])) return `${from.path} must not import ${to.path}`;
  if (isTest(file)) return importedByTest(from, to);
  return notAllowed(from, { to, file }) ?? (from.room.passesDoors ? undefined : notDoor(target.file, to));
}

function importedByTest(from: Place, to: Place): string | undefined {
  const { inTestsOf } = to.room;
  return inTestsOf === undefined || inTestsOf.includes(from.room.path)
    ? undefined
    : `${to.path} must be removable with its folder: tests elsewhere must not import it`;
}

function notAllowed(from: Place, { to, file }: { to: Place; file: string }): string | undefined {
  const { imports, also = {} } = from.room;
  const more = Object.keys(also).filter((part) => isWithin(file, part)).flatMap((part) => also[part] ?? []);
  const allowed = [...imports, ...more].map((pattern) => pattern.replace("{name}", from.name));
  if (matchesAny(to.path, allowed)) return undefined;
  const list = allowed.length === 0 ? "itself" : `itself, ${allowed.join(", ")}`;
  return `imports ${to.path}; ${from.path} may import ${list}`;
}

function notDoor(file: string, { room, path }: Place): string | undefined {
  const inside = file.slice(path.length);
  if (room.door !== undefined && inside !== room.door) {
    return `imports ${file}; the door of ${path} is ${path}${room.door}`;
  }
  return inside.includes("/")
    ? `imports ${file}; the doors of ${path} are the files directly in it`
    : undefined;
}
