/** Statement that ends the transaction around it. */
export interface TransactionEnd {
  /** First words of the statement, such as "COMMIT" or "PREPARE TRANSACTION". */
  readonly statement: string;
  /** Offset in the text. */
  readonly offset: number;
}

/**
 * Tokens that matter to where a statement begins and ends (PostgreSQL, "Lexical Structure"). Block comments nest, so
 * their end is searched separately.
 */
const TOKEN = new RegExp(
  [
    String.raw`(?<lineComment>--[^\n]*)`,
    String.raw`(?<blockComment>/\*)`,
    String.raw`(?<escaped>[eE]'(?:[^'\\]|\\[^]|'')*(?:'|$))`,
    String.raw`(?<quoted>'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$))`,
    String.raw`(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)`,
    String.raw`(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<sign>[();])`,
  ].join("|"),
  "g",
);

/** Words after the first one that decide whether a statement ends the transaction. */
const MAX_WORDS = 4;

/**
 * Finds the first statement that ends the transaction around it; undefined if there is none. Comments, quoted texts and
 * the bodies of functions contain none: in a DO block, the server itself rejects them inside a transaction.
 */
export function findTransactionEnd(sql: string): TransactionEnd | undefined {
  let statement = newStatement();
  for (const token of tokensOf(sql)) {
    if (token.text === ";") {
      if (statement.depth > 0 || statement.bodies > 0) continue;
      if (endsTransaction(statement.words)) return describe(statement);
      statement = newStatement();
    } else if (token.text === "(") statement.depth++;
    else if (token.text === ")") statement.depth--;
    else addWord(statement, token);
  }
  return endsTransaction(statement.words) ? describe(statement) : undefined;
}

interface Token {
  /** A word in upper case, a parenthesis or a semicolon. */
  readonly text: string;
  readonly offset: number;
}

interface Statement {
  readonly words: string[];
  offset: number;
  /** Open parentheses; semicolons inside separate the commands of a rule. */
  depth: number;
  /** Open `BEGIN ATOMIC` and CASE of a function's body in SQL, whose semicolons belong to it. */
  bodies: number;
}

function newStatement(): Statement {
  return { words: [], offset: 0, depth: 0, bodies: 0 };
}

function addWord(statement: Statement, { text, offset }: Token): void {
  if (statement.words.length === 0) statement.offset = offset;
  if (statement.words.length < MAX_WORDS) statement.words.push(text);
  if (!/^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/.test(statement.words.join(" "))) return;
  // As psql counts: CASE has an END too.
  if (text === "BEGIN" || (text === "CASE" && statement.bodies > 0)) statement.bodies++;
  else if (text === "END" && statement.bodies > 0) statement.bodies--;
}

function endsTransaction(words: readonly string[]): boolean {
  const [first, ...others] = words;
  const [second, third] = others.filter((word) => word !== "WORK" && word !== "TRANSACTION");
  switch (first) {
    case "COMMIT":
    case "END":
    case "ABORT":
      return second !== "PREPARED";
    case "ROLLBACK":
      return second !== "TO" && second !== "PREPARED";
    case "PREPARE":
      return words[1] === "TRANSACTION" && second === undefined && third === undefined;
    default:
      return false;
  }
}

function describe({ words, offset }: Statement): TransactionEnd {
  return { statement: words[0] === "PREPARE" ? "PREPARE TRANSACTION" : words[0] ?? "", offset };
}

function* tokensOf(sql: string): Generator<Token> {
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    const { blockComment, dollar, word, sign } = match.groups ?? {};
    if (blockComment !== undefined) pattern.lastIndex = blockCommentEnd(sql, match.index);
    else if (dollar !== undefined) {
      const end = sql.indexOf(dollar, pattern.lastIndex);
      pattern.lastIndex = end === -1 ? sql.length : end + dollar.length;
    } else if (word !== undefined) yield { text: word.toUpperCase(), offset: match.index };
    else if (sign !== undefined) yield { text: sign, offset: match.index };
  }
}

function blockCommentEnd(sql: string, start: number): number {
  let depth = 0;
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return start + mark.index + 2;
  }
  return sql.length;
}
