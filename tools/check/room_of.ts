import { type Room, ROOMS } from "./rooms.ts";

/** A room as it is in a tree, such as `profile_service/` for `*_service/`. */
export interface Place {
  readonly room: Room;
  /** Path of its folder, or its file. */
  readonly path: string;
  /** The part that the `*` of the room's path matches. */
  readonly name: string;
}

/** Returns the room that a file is in; undefined for files of no room. */
export function placeOf(file: string): Place | undefined {
  return ROOMS.map((room) => placeIn(room, file)).filter((place) => place !== undefined)
    .reduce<Place | undefined>(
      (found, place) => found && found.path.length > place.path.length ? found : place,
      undefined,
    );
}

/** Whether a path is one of those that the patterns describe. */
export function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => prefixOf(pattern).exec(path)?.[0] === path);
}

/** Whether a file is one that a pattern describes, or is in a folder that it describes. */
export function isWithin(file: string, pattern: string): boolean {
  return prefixOf(pattern).test(file);
}

/** The place that a wing belongs to: its imports and its tables are those of that room. */
export function homeOf({ room, path }: Place): string {
  return room.wingOf ?? path;
}

/** Whether a file is a test, or supports tests only. */
export function isTest(file: string): boolean {
  return /_test\.[jt]sx?$|(^|\/)testing\/|^tests\/|^[^/]+_service\/(bench|e2e)\//.test(file);
}

const prefixes = new Map<string, RegExp>();

function prefixOf(pattern: string): RegExp {
  const known = prefixes.get(pattern);
  if (known !== undefined) return known;
  const source = pattern.replace(/[.+]/g, "\\$&").replaceAll("*", "([^/]+)");
  const made = new RegExp(`^${source}${pattern.endsWith("/") ? "" : "$"}`);
  prefixes.set(pattern, made);
  return made;
}

function placeIn(room: Room, file: string): Place | undefined {
  const [path, name = ""] = prefixOf(room.path).exec(file) ?? [];
  return path === undefined ? undefined : { room, path, name };
}
