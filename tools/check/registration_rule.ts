import { dirname, join } from "node:path/posix";
import { isTest, type Place, placeOf } from "./room_of.ts";
import { listedModules } from "./services_list.ts";
import type { SourceFile, SourceTree } from "./source_tree.ts";

/**
 * Returns a line for every unregistered service, migrations folder and OpenAPI document. Capabilities of the platform
 * may be omitted from services.ts.
 */
export function unregistered(tree: SourceTree): readonly string[] {
  const listed = listedModules(tree.texts);
  if (listed === undefined) {
    return ["services.ts: exports no list of services; add: export const services = [aModule];"];
  }
  return [
    ...unlistedServices(tree, listed),
    ...unnamedMigrations(tree),
    ...unservedDocuments(tree, listed),
  ];
}

function unlistedServices({ files, texts }: SourceTree, listed: readonly string[]): readonly string[] {
  const places = [...new Set([...files.map(({ path }) => path), ...texts.keys()])].map(placeOf);
  const services = new Set(
    places.filter((place) => place !== undefined).filter(isService).map(({ path }) => path),
  );
  return [...services].flatMap((path) => {
    const door = `${path}module.ts`;
    if (!texts.has(door)) return [`${path}: has no module.ts to list in services.ts`];
    return listed.includes(door) ? [] : [`${path}: not served; list the module of ${door} in services.ts`];
  });
}

function isService({ room }: Place): boolean {
  return room.path === "*_service/";
}

function unnamedMigrations({ files, texts }: SourceTree): readonly string[] {
  const folders = new Set(
    [...texts.keys()].filter((path) => path.endsWith(".sql")).map((path) => dirname(path)),
  );
  return [...folders].flatMap((folder) => {
    const place = placeOf(folder);
    if (place === undefined) return [`${folder}: migrations outside of all rooms`];
    // A service has one module; rooms of the platform may add migrations in any file.
    const sources = files.filter(({ path }) =>
      isService(place) ? path === `${place.path}module.ts` : path.startsWith(place.path) && !isTest(path)
    );
    if (sources.some((source) => namesFolder(source, folder))) return [];
    const where = isService(place)
      ? `${place.path}module.ts does not refer to it`
      : `nothing in ${place.path} refers to it`;
    return [`${folder}: never applied; ${where}`];
  });
}

function namesFolder({ path, literals }: SourceFile, folder: string): boolean {
  return literals.some(({ text }) => join(dirname(path), text, ".").replace(/\/$/, "") === folder);
}

function unservedDocuments({ files, texts }: SourceTree, listed: readonly string[]): readonly string[] {
  const configurations = [...texts].filter(([path]) => /^oapi\/cfg\.server\.[\w-]+\.yaml$/.test(path));
  const served = configurations.flatMap(([path, text]) => {
    const output = join("oapi", /^output:\s*["']?([^\s"'#]+)/m.exec(text)?.[1] ?? "");
    const users = files.filter(({ path: file, imports }) =>
      !isTest(file) && !file.startsWith("api/") && !file.startsWith("tools/") &&
      imports.some(({ target }) => target && "file" in target && target.file.startsWith(`${output}/`))
    );
    if (users.some(({ path: file }) => isRegistered(file, listed))) return [];
    return [`${path}: not served; nothing that services.ts lists imports ${output}`];
  });
  const specs = configurations.map(([, text]) => /^spec:\s*["']?([^\s"'#]+)/m.exec(text)?.[1]);
  const unread = [...texts.keys()].filter((path) => /^oapi\/.*-api-spec\.yaml$/.test(path))
    .filter((path) => !specs.includes(path.slice("oapi/".length)))
    .map((path) => `${path}: nothing is generated from it; add oapi/cfg.server.<name>.yaml`);
  return [...served, ...unread];
}

function isRegistered(file: string, listed: readonly string[]): boolean {
  const place = placeOf(file);
  return place !== undefined && (!isService(place) || listed.includes(`${place.path}module.ts`));
}
