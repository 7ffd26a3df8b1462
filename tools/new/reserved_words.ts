import { NewError } from "./usage_error.ts";

/** Keywords that PostgreSQL 18 reserves, which no table and no column can have as its name (appendix C). */
const SQL = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema current_time " +
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze " +
    "from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit " +
    "localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references " +
    "returning right select session_user similar some symmetric system_user table tablesample then to trailing true " +
    "union unique user using variadic verbose when where window with"
  ).split(" "),
);

/** Reserved words of ECMAScript and TypeScript in modules, which no variable can have as its name. */
export const SCRIPT_WORDS = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** Names of types and variables that the code of every service uses. */
const OF_SERVICES = new Set(
  (
    "access-scope api array boolean body condition connection context cursor database date domain-error error field-error " +
    "filter function header input key list list-request map money number object omit option owner page partial patch path " +
    "pick problem promise querier query query-options read-options readonly record repository request resource-key " +
    "response route scope server set setting spec string symbol timestamp token version write-options"
  ).split(" "),
);

/** Properties that every resource has, and parameters of every list. */
const OF_RESOURCES = new Set([
  ...["id", "version", "createdAt", "updatedAt", "deletedAt", "owner"],
  ...["limit", "after", "before", "page", "pageSize"],
  ...["constructor", "prototype", "toString", "valueOf", "mergePatch"],
]);

/** Spellings of a name that must not be reserved. */
interface SpelledName {
  readonly kebab: string;
  readonly snake: string;
}

/** @throws {NewError} if a resource cannot have its name. */
export function checkResource(plural: SpelledName, singular: SpelledName): void {
  const [word] = [
    SQL.has(plural.snake) ? plural.snake : undefined,
    ...[plural, singular].map(({ kebab }) =>
      SCRIPT_WORDS.has(kebab) || OF_SERVICES.has(kebab) ? kebab : undefined
    ),
  ].filter((one) => one !== undefined);
  if (word === undefined) return;
  throw new NewError(
    `${JSON.stringify(word)} is a reserved word of the code or of SQL: choose a longer name, such as ` +
      `customer-${plural.kebab}`,
  );
}

/** @throws {NewError} if a property of a resource cannot have its name. */
export function checkProperty({ camel, snake }: { readonly camel: string; readonly snake: string }): void {
  if (OF_RESOURCES.has(camel)) {
    throw new NewError(
      `The field ${camel} is reserved: every resource or list has a member of this name; choose another one`,
    );
  }
  if (SQL.has(snake) || SCRIPT_WORDS.has(camel)) {
    throw new NewError(
      `The field ${camel} has the name of a reserved word: choose a longer one, such as ${camel}Value`,
    );
  }
}
