import { type Room, ROOMS } from "./rooms.ts";

/** Room in a tree, such as `profile_service/` for `*_service/`. */
export interface Place {
  readonly room: Room;
  /** Path of its folder or file. */
  readonly path: string;
  /** Part that the `*` of the room's path matches. */
  readonly name: string;
}

/** Returns the room of a file; undefined if it is in none. */
export function placeOf(file: string): Place | undefined {
  return ROOMS.map((room) => placeIn(room, file)).filter((place) => place !== undefined)
    .reduce<Place | undefined>(
      (found, place) => found && found.path.length > place.path.length ? found : place,
      undefined,
    );
}

/** Whether a path matches one of the patterns. */
export function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => prefixOf(pattern).exec(path)?.[0] === path);
}

/** Whether a file matches a pattern, or is in a folder that matches it. */
export function isWithin(file: string, pattern: string): boolean {
  return prefixOf(pattern).test(file);
}

/** Returns the room that a wing belongs to, with which it shares imports and tables. */
export function homeOf({ room, path }: Place): string {
  return room.wingOf ?? path;
}

/** Whether a file is a test or only supports tests. */
export function isTest(file: string): boolean {
  return /_test\.[jt]sx?$|(^|\/)testing\/|^tests\/|^docs\/examples\/|^(?:[^/]+_service|platform\/[^/]+)\/(?:bench|e2e)\//
    .test(
      file,
    );
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
