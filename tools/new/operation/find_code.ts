import type { ExistingService } from "../existing_service.ts";
import type { PlannedOperation } from "./plan_operation.ts";

/** Handler of an operation in the code of a service. */
export interface HandlerPlace {
  readonly path: string;
  readonly text: string;
  /** Name of the operation whose handler it is. */
  readonly id: string;
  /** Lines of the handler, in its object. */
  readonly member: string;
}

/** Finds the handler of the first operation of a list that has one. */
export function findHandler(
  { sources, folder }: Pick<ExistingService, "sources" | "folder">,
  ids: readonly string[],
): HandlerPlace | undefined {
  const files = [...sources].filter(([path]) => !path.startsWith(`${folder}/testing/`));
  // Handlers of "list-notes" are named listNotes.
  const names = ids.flatMap((id) => {
    const name = id.replaceAll(/[^A-Za-z0-9_$]+(.?)/g, (_, letter: string) => letter.toUpperCase());
    return name === id ? [id] : [id, name];
  });
  for (const id of names) {
    for (const [path, text] of files) {
      const [member] = memberOf(id).exec(text) ?? [];
      if (member !== undefined) return { path, text, id, member };
    }
  }
  return undefined;
}

/**
 * Lines of a member of an object in formatted code, up to the line with the same indentation that ends it. A text is no
 * handler: GraphQL's fields name operations by texts.
 */
function memberOf(name: string): RegExp {
  return new RegExp(
    String
      .raw`^( +)(?:async )?${name}(?!: ")(?::[^\n]*,\n|(?::|\()[^\n]*\n(?:\1 [^\n]*\n|\n)*\1[^\s][^\n]*,\n)`,
    "m",
  );
}

/** Parts of a service in the house's shape that an operation on one resource uses. */
export interface ActionCode {
  readonly handler: HandlerPlace;
  /** Last handler of the resource in the same file. */
  readonly last: HandlerPlace;
  /** Variable of the use cases in the handlers, such as "orders". */
  readonly useCases: string;
  /** Expression of the resource's key in the handlers, such as "keyOf(path, context)". */
  readonly key: string;
  /** Whether the resource has an owner. */
  readonly isOwned: boolean;
  /** Path and text of the use cases. */
  readonly app: { readonly path: string; readonly text: string };
  /** Field of the ConditionalWriter, such as "orders". */
  readonly writer: string;
  /** Domain type, such as "Order". */
  readonly type: string;
  /** Codes of the errors, such as "order". */
  readonly resource: string;
}

/** Returns the parts that an operation on one resource uses; undefined if the service has another shape. */
export function findActionCode(
  service: ExistingService,
  { action, ifMatch, response }: PlannedOperation,
  itemIds: readonly string[],
): ActionCode | undefined {
  if (action === undefined || ifMatch === undefined || response !== "resource") return undefined;
  const path = `${service.folder}/app.ts`;
  const text = service.sources.get(path) ?? "";
  const [, writer, type] = /readonly #(\w+): ConditionalWriter<(\w+), \w+>;/.exec(text) ?? [];
  const [, resource] = /new ConditionalWriter\(\{\s*resource: "([\w-]+)"/.exec(text) ?? [];
  for (const id of itemIds) {
    const handler = findHandler(service, [id]);
    const [, useCases, key] =
      /await (\w+)\.(?:replace|modify)\(\s*(keyOf\([^)]*\)),/.exec(handler?.member ?? "") ?? [];
    if (handler === undefined || useCases === undefined || key === undefined) continue;
    if (!handler.text.includes("responses.written(") || !handler.text.includes("conditionOf(headers)")) {
      continue;
    }
    if (writer === undefined || type === undefined || resource === undefined) continue;
    if (!/^type WriteOptions = /m.test(text) || !/\bResourceKey\b/.test(text)) continue;
    const places = itemIds.flatMap((one) => findHandler(service, [one]) ?? []);
    const last = places.filter((place) => place.path === handler.path)
      .toSorted((a, b) => a.text.indexOf(a.member) - b.text.indexOf(b.member)).at(-1) ?? handler;
    return {
      handler,
      last,
      useCases,
      key,
      isOwned: key.includes("context"),
      app: { path, text },
      writer,
      type,
      resource,
    };
  }
  return undefined;
}
