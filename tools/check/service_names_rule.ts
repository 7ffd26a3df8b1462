import { placeOf } from "./room_of.ts";
import type { SourceTree } from "./source_tree.ts";

/**
 * Returns a line for every literal outside of a service that contains its folder's name. Tests are included, since they
 * remain when the service is removed. services.ts is the only list of services.
 *
 * @param locked Files that a project may not edit: one of their tests may use a name that the team chose, too.
 */
export function namedServices(
  { files, texts }: SourceTree,
  locked: ReadonlySet<string> = new Set(),
): readonly string[] {
  const folders = new Set(
    files.map(({ path }) => placeOf(path)).filter((place) => place?.room.path === "*_service/")
      .map((place) => place?.path.slice(0, -1)),
  );
  if (folders.size === 0) return [];
  const name = new RegExp(`(?<![\\w-])(?:${[...folders].join("|")})(?![\\w-])`);
  const inSources = files.filter(({ path }) => mayNotName(path) && !locked.has(path)).flatMap((
    { path, literals },
  ) =>
    literals.filter(({ text }) => name.test(text))
      .map(({ text, line }) =>
        `${path}:${line}: names ${name.exec(text)?.[0]}; only services.ts may name services`
      )
  );
  return [...inSources, ...namedInTasks(texts.get("deno.json") ?? "{}", name)];
}

function mayNotName(path: string): boolean {
  const place = placeOf(path);
  return place !== undefined && place.room.path !== "*_service/" && path !== "services.ts";
}

function namedInTasks(json: string, name: RegExp): readonly string[] {
  const { imports: _, scopes: __, ...rest } = JSON.parse(json);
  const found = name.exec(JSON.stringify(rest))?.[0];
  return found === undefined ? [] : [`deno.json: names ${found}; only services.ts may name services`];
}
