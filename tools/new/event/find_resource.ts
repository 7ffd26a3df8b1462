import type { ExistingService } from "../existing_service.ts";
import { type Spellings, spellingsOf, withArticle } from "../names.ts";
import { NewError } from "../usage_error.ts";

/** A source file of a service. */
export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** Resource of a service in the house's shape, whose writes publish events. */
export interface EventResource {
  readonly names: Spellings;
  /** The resource with its article, such as "an order". */
  readonly one: string;
  /** Domain type, such as "Order". */
  readonly type: string;
  /** Table, such as "orders". */
  readonly table: string;
  /** Whether its rows have an owner. */
  readonly isOwned: boolean;
  readonly app: SourceText;
  readonly ports: SourceText;
  readonly module: SourceText;
  /** Class of the repository, and its file. */
  readonly repository: SourceText & { readonly name: string };
  /** File of the conversions to JSON. */
  readonly dto: SourceText;
}

const GUIDE = 'docs/publishing-events.md, "Publish events from a service"';

/**
 * Finds the resource of a service whose use cases write by a ConditionalWriter.
 *
 * @throws {NewError} for a service of another shape.
 */
export function findResource({ sources, folder, module: moduleName }: ExistingService): EventResource {
  const file = (path: string): SourceText => ({ path, text: sources.get(path) ?? "" });
  const app = file(`${folder}/app.ts`);
  const [, type = ""] = /readonly #\w+: ConditionalWriter<(\w+), \w+>;/.exec(app.text) ?? [];
  const [, resource = ""] = /new ConditionalWriter\(\{\s*resource: "([\w-]+)"/.exec(app.text) ?? [];
  const all = [...sources].map(([path, text]) => ({ path, text }));
  const [repository] = all.flatMap((one) => {
    const [, name] =
      new RegExp(String.raw`export class (\w+) extends VersionedTable<\s*${type}\b`).exec(one.text) ?? [];
    return name === undefined ? [] : [{ ...one, name }];
  });
  const [, table] = /super\(\{\s*name: "(\w+)"/.exec(repository?.text ?? "") ?? [];
  const dto = all.find(({ text }) => text.includes(`export function ${spellingsOf(resource).camel}ToJson(`));
  if (
    type === "" || resource === "" || repository === undefined || table === undefined || dto === undefined
  ) {
    throw new NewError(
      `${folder} has another shape than the services of deno task new service: a ConditionalWriter in app.ts, a ` +
        `repository that extends VersionedTable, and ${
          spellingsOf(resource).camel || "…"
        }ToJson() in http/; nothing was ` +
        `written. Publish the event by hand: ${GUIDE} (module ${moduleName})`,
    );
  }
  const names = spellingsOf(resource);
  return {
    ...{ names, type, table, app, repository, dto },
    one: withArticle(names.words),
    isOwned: all.some(({ path, text }) =>
      path.startsWith(`${folder}/http/`) && text.includes("ownerOf(context)")
    ),
    ports: file(`${folder}/ports.ts`),
    module: file(`${folder}/module.ts`),
  };
}
