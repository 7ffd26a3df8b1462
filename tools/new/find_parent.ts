import { join } from "node:path";
import { DocumentText } from "./document_text.ts";
import { findService } from "./existing_service.ts";
import { filesBelow } from "./find_clashes.ts";
import { singularOf, type Spellings, spellingsOf, withArticle } from "./names.ts";
import { bodyOf, parseApi } from "./operation/operation_test_text.ts";
import { scopesOf } from "./operation/document_operations.ts";
import { NewError } from "./usage_error.ts";

/** Resources of another service that those of a new one belong to, such as profiles. */
export interface Parent {
  /** Of one of them, such as "profile". */
  readonly names: Spellings;
  /** One of them with its article. */
  readonly one: string;
  /** Such as "profile_service". */
  readonly folder: string;
  /** Such as "profileModule". */
  readonly module: string;
  /** View that publishes them to other services, such as "published_profiles". */
  readonly view: string;
  /** Path that creates one, the body of a request to it, and the scopes of its service. */
  readonly path: string;
  readonly body: unknown;
  readonly scopes: readonly string[];
}

/**
 * Finds the resources of a service that publishes them to other services.
 *
 * @throws {NewError} if there is no such service, or it publishes none.
 */
export async function findParent(root: string, name: string): Promise<Parent> {
  const { folder, module, documents } = await findService(root, name);
  const view = await publishedView(root, folder);
  const plural = view?.replace(/^published_/, "") ?? "";
  const singular = singularOf(plural);
  if (view === undefined || singular === undefined) {
    const table = folder.replace(/_service$/, "");
    throw new NewError(
      `${folder} publishes no view of its resources with their owners; nothing was written. Add it with deno task archway ` +
        `migrate new publish_${table} --service ${folder}:\n  create view published_${table} as select id, owner, ` +
        `deleted_at from ${table};`,
    );
  }
  for (const { path } of documents) {
    const text = await Deno.readTextFile(join(root, path));
    const api = await parseApi(text, { name: path, file: join(root, path) });
    const create = api.operations.find((one) =>
      one.method === "POST" && !one.path.includes("{") && one.responses.has("201")
    );
    if (create === undefined) continue;
    const names = spellingsOf(singular);
    return {
      ...{ names, one: withArticle(names.words), folder, module, view, path: create.path },
      body: bodyOf(api, create),
      scopes: scopesOf(new DocumentText(path, text)),
    };
  }
  throw new NewError(`No document of ${folder} has a POST that creates ${plural}; nothing was written`);
}

async function publishedView(root: string, folder: string): Promise<string | undefined> {
  for await (const path of filesBelow(root, `${folder}/migrations`)) {
    if (!path.endsWith(".sql")) continue;
    const text = await Deno.readTextFile(join(root, path));
    const [, view, columns = ""] =
      /^create view (published_\w+) as\s+select ([^;]*?)\s+from\b/im.exec(text) ?? [];
    const names = columns.split(/\s*,\s*/);
    if (view !== undefined && ["id", "owner", "deleted_at"].every((column) => names.includes(column))) {
      return view;
    }
  }
  return undefined;
}

/** Property of a resource with the id of its parent, such as "profileId". */
export function parentProperty({ names }: Parent): string {
  return `${names.camel}Id`;
}
