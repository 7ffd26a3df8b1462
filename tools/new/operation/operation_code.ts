import { addImport } from "../add_import.ts";
import { EditedText } from "../edit_text.ts";
import type { ExistingService } from "../existing_service.ts";
import { type Field, propertiesOf } from "../field.ts";
import { declarations, enumType, fromJsonMembers, parsedMoney } from "../field_code.ts";
import { spellingsOf, withArticle } from "../names.ts";
import { NewError } from "../usage_error.ts";
import { type ActionChange, areProperties, changeOfAction } from "./action_change.ts";
import { type ActionCode, findHandler } from "./find_code.ts";
import { fieldNames } from "./operation_document.ts";
import type { PlannedOperation } from "./plan_operation.ts";

const BY_HAND = "Add an operation";

/** New texts of files, and what the operation does. */
export interface OperationCode {
  readonly changed: ReadonlyMap<string, string>;
  /** Property that it sets; undefined if it responds with 501 until it is written. */
  readonly change: ActionChange | undefined;
}

/**
 * Adds a handler that responds with 501.
 *
 * @throws {NewError} if the service has no handler beside which it could stand.
 */
export function unwrittenCode(
  service: ExistingService,
  { id, sibling }: PlannedOperation,
  ids: readonly string[],
): OperationCode {
  const place = findHandler(service, [sibling.id, ...ids]);
  if (place === undefined) {
    throw new NewError(
      `${service.folder} has no handler of ${sibling.id} in an object; nothing was written. Add the operation by hand: ` +
        `docs/extending.md, "${BY_HAND}"`,
    );
  }
  const member =
    `    // Write a use case in ${service.folder}, and call it here.\n    ${id}: notImplemented,\n`;
  const text = addImport(
    withHandler(place.text, { member, place, id }),
    "notImplemented",
    "@archway/service_kit/not_implemented.ts",
  );
  return { changed: new Map([[place.path, text]]), change: undefined };
}

/**
 * Adds a use case that changes a resource under its conditions, and its handler.
 *
 * @throws {NewError} if the use cases have one of the name.
 */
export function actionCode(
  service: ExistingService,
  { id, body, action, summary }: PlannedOperation,
  code: ActionCode,
): OperationCode {
  const verb = spellingsOf(action?.verb ?? "").camel;
  const { app, handler, type, writer, resource } = code;
  if (
    new RegExp(String.raw`^  (?:async )?${verb}\(`, "m").test(app.text) || verb === "constructor" ||
    verb === "then"
  ) {
    throw new NewError(
      `${app.path} cannot have a use case ${verb}: choose another verb; nothing was written`,
    );
  }
  const variable = spellingsOf(resource).camel;
  const domainPath = `${service.folder}/${/from "\.\/(domain\/\w+\.ts)"/.exec(app.text)?.[1] ?? ""}`;
  const domain = service.sources.get(domainPath) ?? "";
  const change = areProperties(body, { domain, type }) ? changeOfAction(domain, { type, verb }) : undefined;
  const inputType = fieldNames(id, "request").singular.pascal;
  const input = body.length === 0 ? "" : `${change === undefined ? "_" : ""}input: ${inputType}Input, `;
  const set = [
    ...body.flatMap(propertiesOf).map((name) => `${name}: input.${name}`),
    `${change?.property}: ${JSON.stringify(change?.value)}`,
  ];
  const written = change === undefined
    ? `    // Write the change: a function from the current ${resource} to its properties afterwards, such as
    // (${variable}) => ({ ...${variable}, … }).
    return this.#${writer}.modify(key, unwrittenChange, options);`
    : `    // The current ${change.property} is not checked: any may become "${change.value}". Refuse others here.
    return this.#${writer}.modify(key, (${variable}) => ({ ...${variable}, ${set.join(", ")} }), options);`;
  const file = new EditedText(app.path, app.text, BY_HAND);
  file.insert(
    /(export class \w+ \{[^]*?\n)\}\n/,
    `
  /**
   * ${thirdPerson(summary)}${
      change === undefined ? "" : `: sets its ${change.property} to "${change.value}"`
    }.
   *
   * @throws {DomainError} "${resource}-not-found", "${resource}-changed".
   */
  ${verb}(key: ResourceKey, ${input}options: WriteOptions): Promise<${type}> {
${written}
  }
`,
  );
  if (change === undefined) {
    file.text = addImport(file.text, "unwrittenChange", "@archway/service_kit/domain_error.ts");
  }
  const changed = new Map<string, string>();
  const converted = body.length === 0 ? "" : `${spellingsOf(inputType).camel}Input(body), `;
  let handlers = withHandler(handler.text, {
    place: code.last,
    id,
    member: `    ${id}: async ({ path, headers${body.length === 0 ? "" : ", body"} }, context) => {
      const options = { condition: conditionOf(headers), signal: context.signal };
      const ${variable} = await ${code.useCases}.${verb}(${code.key}, ${converted}options);
      return await responses.written(${variable}, context);
    },
`,
  });
  if (body.length > 0) {
    const dto = dtoPathOf(handler);
    const specifier = `./${domainPath.slice(service.folder.length + 1)}`;
    file.text = addImport(file.text, `type ${inputType}Input`, specifier);
    handlers = addImport(handlers, `${spellingsOf(inputType).camel}Input`, `./${dto.split("/").at(-1)}`);
    changed.set(domainPath, domain + inputInterface(id, body));
    changed.set(dto, withConversion(service, { dto, id, body, domainPath }));
  }
  return { changed: changed.set(app.path, file.text).set(handler.path, handlers), change };
}

/** Returns a summary such as "Cancel an order" in the third person. */
function thirdPerson(summary: string): string {
  return summary.replace(/^\w+/, (verb) => {
    if (/[^aeiou]y$/.test(verb)) return verb.replace(/y$/, "ies");
    return /(?:s|x|ch|sh|z|o)$/.test(verb) ? `${verb}es` : `${verb}s`;
  });
}

/** Whether the body of an action can be converted beside the resource's. */
export function hasConversions(
  service: ExistingService,
  { handler }: ActionCode,
  body: readonly Field[],
): boolean {
  const text = service.sources.get(dtoPathOf(handler));
  if (text === undefined) return body.length === 0;
  return text.includes("import type * as api from") &&
    (text.includes("parseMoney") || body.every(({ type }) => type.kind !== "money"));
}

function dtoPathOf({ path, text }: { readonly path: string; readonly text: string }): string {
  const [, name = "dto"] = /from "\.\/(\w+_dto)\.ts"/.exec(text) ?? [];
  return path.replace(/[^/]*$/, `${name}.ts`);
}

function inputInterface(id: string, body: readonly Field[]): string {
  const names = fieldNames(id, "request");
  const types = body.flatMap((field) => enumType(field, names) ?? []).map((text) => `\n${text}`);
  const members = body.flatMap((field) => declarations(field, names)).join("\n");
  return `${types.join("")}
/** Input of ${withArticle(spellingsOf(id).words)} request. */
export interface ${names.singular.pascal}Input {
${members}
}
`;
}

function withConversion(
  service: ExistingService,
  { dto, id, body, domainPath }: {
    readonly dto: string;
    readonly id: string;
    readonly body: readonly Field[];
    readonly domainPath: string;
  },
): string {
  const { pascal, camel } = fieldNames(id, "request").singular;
  const money = body.filter(({ type }) => type.kind === "money");
  const parsed = money.length === 0 ? "" : `  const money = { ${money.map(parsedMoney).join(", ")} };\n`;
  const text = service.sources.get(dto) ?? "";
  const specifier = `../${domainPath.slice(service.folder.length + 1)}`;
  return `${addImport(text, `type ${pascal}Input`, specifier)}
/** Converts the request body of ${id} to input. */
export function ${camel}Input(body: api.${pascal}): ${pascal}Input {
${parsed}  return { ${body.flatMap(fromJsonMembers).join(", ")} };
}
`;
}

/** Adds a handler after another one, and its name to the type of the object. */
function withHandler(
  text: string,
  { member, place, id }: {
    readonly member: string;
    readonly place: { readonly member: string; readonly id: string };
    readonly id: string;
  },
): string {
  const at = text.indexOf(place.member) + place.member.length;
  const added = `${text.slice(0, at)}${member}${text.slice(at)}`;
  // A part of the document's operations, as services with several files of handlers have.
  return added.replace(
    new RegExp(`(Pick<\\s*api\\.StrictServerInterface,[^>]*"${place.id}")`),
    `$1 | "${id}"`,
  );
}
