import { homeOf, isTest, placeOf } from "./room_of.ts";
import type { SourceTree } from "./source_tree.ts";
import { withoutComments } from "./sql_comments.ts";

/** Table, view, sequence, type or function of the database. */
export interface Relation {
  /** Path of the room that creates it. */
  readonly owner: string;
  /** Whether it is called like a function. */
  readonly isFunction: boolean;
  /** Whether other rooms may read it. */
  readonly isPublished: boolean;
  /** File that creates it. */
  readonly at: string;
}

const CREATE = new RegExp(
  String.raw`\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+)?(?:materialized\s+)?` +
    String
      .raw`(table|view|function|procedure|sequence|type|domain)\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?(?![\w."\0])`,
  "gi",
);

/** Matches the comment above `create view` that publishes it: `-- published: <purpose>`. */
const PUBLISHED =
  /^\s*--\s*published:.*\n(?:\s*--.*\n)*\s*create\s+(?:or\s+replace\s+)?(?:materialized\s+)?view\s+"?(\w+)/gim;

/** Finds the owner of every relation. It is the room whose migrations, or otherwise statements, create it. */
export function ownersOf({ texts, files }: SourceTree): ReadonlyMap<string, Relation> {
  const owners = new Map<string, Relation>();
  for (const [path, text] of texts) {
    if (path.endsWith(".sql")) addCreated(owners, { path, text });
  }
  for (const { path, literals } of files) {
    if (isTest(path) || path.startsWith("tools/")) continue;
    for (const { text } of literals) addCreated(owners, { path, text });
  }
  return owners;
}

function addCreated(owners: Map<string, Relation>, { path, text }: { path: string; text: string }): void {
  const place = placeOf(path);
  if (place === undefined || !/create/i.test(text)) return;
  const published = new Set([...text.matchAll(PUBLISHED)].map(([, name = ""]) => name.toLowerCase()));
  for (const [, kind = "", name = ""] of withoutComments(text).matchAll(CREATE)) {
    const key = name.toLowerCase();
    // The first room that creates it is the owner; sql_rule.ts rejects the others.
    const known = owners.get(key);
    if (known === undefined) {
      const isFunction = /function|procedure/i.test(kind);
      owners.set(key, { owner: homeOf(place), isFunction, isPublished: published.has(key), at: path });
    } else if (known.owner === homeOf(place) && published.has(key)) {
      owners.set(key, { ...known, isPublished: true });
    }
  }
}
