import { HOLE } from "./literal_text.ts";
import { withoutComments } from "./sql_comments.ts";

/** Reference to a relation in an SQL text. */
export interface Reference {
  readonly name: string;
  /** Index of the name in the text. */
  readonly index: number;
  /** Whether the relation is only read. */
  readonly isRead: boolean;
  /** Whether it gets an index, which changes none of its rows. */
  readonly isIndexed: boolean;
}

const ALIAS = String.raw`(?:\s+(?:as\s+)?(?!(?:on|where|join|set|using)\b)\w+)?`;
/** Matches tables before a name in a list. */
const LIST = String.raw`(?:[\w."${HOLE}]+${ALIAS}\s*,\s*)*`;
const OBJECT = String.raw`(?:materialized\s+view|table|view|sequence|type|domain|function|procedure)`;

/** Matches words of a statement; a text with `from` or `join` but none of them is a sentence. */
const STATEMENT = new RegExp(
  String.raw`\bselect\b|\b(?:delete\s+from|insert\s+into|merge\s+into|exists\s*\()|\bupdate\b[^;]*\bset\b|` +
    String.raw`\bjoin\b[^;]*\bon\b|\bfrom\b[^;]*\bwhere\b`,
  "i",
);

const READ = String.raw`\b(?<!delete\s+|distinct\s+)(?:from|join|using)\s+(?:only\s+|lateral\s+)?${LIST}NAME`;

/** Patterns of all other references, which are recognized without further words. */
const OTHERS = [
  String.raw`\bdelete\s+from\s+(?:only\s+)?NAME`,
  String.raw`\b(?:insert|merge)\s+into\s+NAME`,
  String.raw`\bupdate\s+(?:only\s+)?NAME${ALIAS}\s*(?:set\b|${HOLE})`,
  String.raw`\breferences\s+NAME\s*(?:\(|,|\)|;|(?:on|not|deferrable)\b)`,
  String.raw`\b(?:create|alter|drop|truncate|lock|comment\s+on|grant\b[^;]*\son|revoke\b[^;]*\son)\s+` +
  String.raw`(?:or\s+replace\s+)?${OBJECT}\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?${LIST}NAME`,
  String.raw`\btruncate\s+${LIST}NAME`,
  String.raw`\bcopy\s+NAME\s+(?:from|to)\b`,
  String.raw`\block\s+NAME\s+in\b`,
  String.raw`\bcreate\s[^;]*?\b(?:trigger|policy|rule)\b[^;]*?\son\s+(?:only\s+)?NAME`,
  String.raw`\bexecute\s+(?:function|procedure)\s+NAME`,
  String.raw`\bto_regclass\s*\(\s*'NAME'`,
  String.raw`'NAME'\s*::\s*regclass`,
];

const INDEX = String.raw`\bcreate\s(?:\s*unique\b)?\s*index\b[^;]*?\son\s+(?:only\s+)?NAME`;

/** Finds references to a set of relations in SQL. */
export class ReferenceFinder {
  readonly #any: RegExp;
  readonly #read: RegExp;
  readonly #others: readonly RegExp[];
  readonly #index: RegExp;
  readonly #call: RegExp;
  readonly #functions: ReadonlySet<string>;

  /** @param functions Names that are functions and are referenced by calls. */
  constructor(names: readonly string[], functions: ReadonlySet<string>) {
    // A pattern that never matches, for an empty list.
    const list = names.length === 0 ? "(?!)" : names.join("|");
    this.#functions = functions;
    const name = String.raw`(?:"?\w+"?\s*\.\s*)?"?(?<name>${list})"?(?![\w".-])`;
    const compile = (pattern: string): RegExp => new RegExp(pattern.replace("NAME", name), "dgi");
    this.#any = new RegExp(String.raw`\b(?:${list})\b`, "i");
    this.#read = compile(READ);
    this.#others = OTHERS.map(compile);
    this.#index = compile(INDEX);
    this.#call = new RegExp(String.raw`\b(?<name>${list})\s*\(`, "dgi");
  }

  /** Returns the references in a text that may be SQL. Excludes comments and names defined by its own `with`. */
  find(text: string): readonly Reference[] {
    if (!this.#any.test(text)) return [];
    const sql = withoutComments(text);
    const own = namesOfWith(sql);
    const isStatement = STATEMENT.test(sql);
    return [
      ...isStatement ? found(sql, { pattern: this.#read, isRead: true }) : [],
      ...this.#others.flatMap((pattern) => found(sql, { pattern })),
      ...found(sql, { pattern: this.#index, isIndexed: true }),
      ...isStatement
        ? found(sql, { pattern: this.#call, isRead: true }).filter(({ name }) => this.#functions.has(name))
        : [],
    ].filter(({ name }) => !own.has(name));
  }
}

function found(
  sql: string,
  { pattern, isRead = false, isIndexed = false }: {
    readonly pattern: RegExp;
    readonly isRead?: boolean;
    readonly isIndexed?: boolean;
  },
): readonly Reference[] {
  return [...sql.matchAll(pattern)].map(({ indices, groups }) => ({
    name: groups?.["name"]?.toLowerCase() ?? "",
    index: indices?.groups?.["name"]?.[0] ?? 0,
    ...{ isRead, isIndexed },
  }));
}

/** Returns the names defined by `with name as (…)`. */
function namesOfWith(sql: string): ReadonlySet<string> {
  const pattern =
    /(?:\bwith\s+(?:recursive\s+)?|,\s*)"?(\w+)"?(?:\s*\([^()]*\))?\s+as\s+(?:not\s+)?(?:materialized\s+)?\(/gi;
  return new Set([...sql.matchAll(pattern)].map(([, name = ""]) => name.toLowerCase()));
}
