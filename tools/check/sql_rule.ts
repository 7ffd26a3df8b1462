import { homeOf, isTest, placeOf } from "./room_of.ts";
import type { SourceTree } from "./source_tree.ts";
import { ownersOf, type Relation } from "./sql_owners.ts";
import { ReferenceFinder } from "./sql_references.ts";

type Owners = ReadonlyMap<string, Relation>;

/** Text that may be SQL, and its first line in a file. */
interface Text {
  readonly path: string;
  readonly text: string;
  readonly line: number;
}

/**
 * Returns a line for every reference of SQL to a relation of another room. Foreign keys count: they couple the migrations
 * of two rooms, so that neither could be removed. Published views may be read, and a service may add an index to a table of the platform, which it does not
 * outlive. Tests are exempt, and tools for relations
 * of the platform.
 */
export function foreignRelations(tree: SourceTree): readonly string[] {
  const owners = ownersOf(tree);
  const functions = new Set([...owners].filter(([, { isFunction }]) => isFunction).map(([name]) => name));
  const finders = new Map<string, ReferenceFinder>();
  return textsOf(tree).flatMap((text) => {
    const place = placeOf(text.path);
    if (place === undefined) return [];
    const home = homeOf(place);
    const finder = finders.get(home) ?? new ReferenceFinder(foreignTo(home, owners), functions);
    finders.set(home, finder);
    return violationsIn(text, { finder, owners, home });
  });
}

function textsOf({ files, texts }: SourceTree): readonly Text[] {
  const inSources = files.filter(({ path }) => !isTest(path))
    .flatMap(({ path, literals }) => literals.map((literal) => ({ path, ...literal })));
  const migrations = [...texts].filter(([path]) => path.endsWith(".sql"))
    .map(([path, text]) => ({ path, text, line: 1 }));
  return [...inSources, ...migrations];
}

/** Returns the names of the relations that a room must not reference. */
function foreignTo(home: string, owners: Owners): readonly string[] {
  return [...owners]
    .filter(([, { owner }]) => owner !== home && (home !== "tools/" || owner.endsWith("_service/")))
    .map(([name]) => name);
}

function violationsIn(
  { path, text, line }: Text,
  { finder, owners, home }: { finder: ReferenceFinder; owners: Owners; home: string },
): readonly string[] {
  const violations = finder.find(text).flatMap(({ name, index, isRead, isIndexed }) => {
    const relation = owners.get(name);
    if (relation === undefined || isRead && relation.isPublished) return [];
    if (isIndexed && relation.owner.startsWith("platform/")) return [];
    const at = line + text.slice(0, index).split("\n").length - 1;
    return [
      `${path}:${at}: references ${name} in SQL, which ${relation.owner} owns (${relation.at}); ` +
      `${home} must use a port of it, or read a published view`,
    ];
  });
  return [...new Set(violations)];
}
