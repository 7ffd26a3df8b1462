import { join, posix } from "node:path";
import { parse } from "yaml";
import { exists } from "../support/exists.ts";
import { filesBelow } from "./find_clashes.ts";
import { NewError } from "./usage_error.ts";

/** OpenAPI document that a service implements. */
export interface ServiceDocument {
  /** Path, such as "oapi/orders-api-spec.yaml". */
  readonly path: string;
  /** Folders of generated code, such as "api/ordersapi" and "api/clients/typescript/orders". */
  readonly generated: readonly string[];
  /** Path of its generator settings, such as "oapi/cfg.server.orders.yaml". */
  readonly settings: string;
  /** Paths of its overlays. */
  readonly overlays: readonly string[];
  /** Prefix of its paths, or "servers" for that of its first server; as its settings have it. */
  readonly basePath: string | undefined;
}

/** Whether a document is one of others, in a folder of oapi/, which stays as it is. */
export function isOfOthers({ path }: Pick<ServiceDocument, "path">): boolean {
  return path.split("/").length > 2;
}

/** A service of the project. */
export interface ExistingService {
  /** Such as "orders_service". */
  readonly folder: string;
  /** Such as "ordersModule". */
  readonly module: string;
  readonly documents: readonly ServiceDocument[];
  /** Texts of its TypeScript files by path, those in testing/ too, except for tests. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Finds a service by its folder, or the name in it: "orders_service", "orders", or "profiles" for profile_service.
 *
 * @throws {NewError} that lists the services, if there is none of the name.
 */
export async function findService(root: string, name: string): Promise<ExistingService> {
  const folders: string[] = [];
  for await (const entry of Deno.readDir(root)) {
    if (entry.isDirectory && entry.name.endsWith("_service")) folders.push(entry.name);
  }
  const word = name.replaceAll("-", "_").replace(/_service$/, "");
  const folder = [word, word.replace(/s$/, ""), `${word}s`].map((one) => `${one}_service`).find((one) =>
    folders.includes(one)
  );
  if (folder === undefined) {
    const known = folders.map((one) => one.replace(/_service$/, "")).toSorted().join(", ");
    throw new NewError(`No service ${JSON.stringify(name)}; expected one of: ${known}`);
  }
  const sources = new Map<string, string>();
  const testing = `${folder}/testing`;
  for (const below of [folder, ...(await exists(join(root, testing)) ? [testing] : [])]) {
    for await (const path of filesBelow(root, below)) {
      if (/\.ts$/.test(path) && !/_test\.ts$/.test(path)) {
        sources.set(path, await Deno.readTextFile(join(root, path)));
      }
    }
  }
  const [, module] = /export const (\w+) = defineService\(/.exec(sources.get(`${folder}/module.ts`) ?? "") ??
    [];
  if (module === undefined) {
    throw new NewError(
      `${folder}/module.ts has no module; expected: export const …Module = defineService({ … });`,
    );
  }
  return { folder, module, documents: await documentsOf(root, [...sources.values()].join("\n")), sources };
}

/** @throws {NewError} for a service whose document is one of others, which `addition` would change. */
export function refuseDocumentOfOthers(
  { folder, documents }: Pick<ExistingService, "documents" | "folder">,
  addition: "events" | "fields",
): void {
  const found = documents.find(isOfOthers);
  if (found === undefined) return;
  throw new NewError(
    `${folder} serves ${found.path}, a document of others, in which deno task new adds no ${addition}; nothing was written. ` +
      'The steps by hand: docs/own-document.md, "Change the service later"',
  );
}

/** Returns the documents whose generated servers some sources import. */
async function documentsOf(root: string, sources: string): Promise<readonly ServiceDocument[]> {
  const documents: ServiceDocument[] = [];
  for await (const { name } of Deno.readDir(join(root, "oapi"))) {
    const [, client] = /^cfg\.server\.([\w-]+)\.yaml$/.exec(name) ?? [];
    if (client === undefined) continue;
    const settings: unknown = parse(await Deno.readTextFile(join(root, "oapi", name)));
    const [spec, output] = ["spec", "output"].map((key) => String(Reflect.get(Object(settings), key)));
    const folder = output?.split("/").at(-1);
    const overlays: unknown = Reflect.get(Object(settings), "overlays");
    const basePath: unknown = Reflect.get(Object(Reflect.get(Object(settings), "options")), "base-path");
    if (!sources.includes(`@archway/api/${folder}/server.gen.ts`)) continue;
    documents.push({
      path: `oapi/${spec}`,
      generated: [`api/${folder}`, `api/clients/typescript/${client}`],
      settings: `oapi/${name}`,
      overlays: Array.isArray(overlays) ? overlays.map((overlay) => posix.join("oapi", String(overlay))) : [],
      basePath: typeof basePath === "string" ? basePath : undefined,
    });
  }
  return documents.toSorted((a, b) => a.path < b.path ? -1 : 1);
}
