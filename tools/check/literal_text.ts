import ts from "typescript";

/** Placeholder for an embedded expression in the text of a literal. */
export const HOLE = "\0";

/** Text of a literal and its embedded expressions. */
interface LiteralText {
  readonly text: string;
  readonly holes: readonly ts.Expression[];
}

/** Returns the text of a string, a template, or a sum of them; undefined for any other node. */
export function literalTextOf(node: ts.Node, lineOf: (node: ts.Node) => number): LiteralText | undefined {
  if (!isText(node)) return undefined;
  const holes: ts.Expression[] = [];
  const start = lineOf(node);
  let text = "";
  // Every piece is put on its line in the source, so that a match in the text has the same line.
  const add = (piece: string, at: number): void => {
    const missing = at - start - (text.split("\n").length - 1);
    text += "\n".repeat(Math.max(0, missing)) + piece;
  };
  const addAll = (part: ts.Expression): void => {
    // An escaped line break does not exist in the source.
    if (ts.isStringLiteralLike(part)) {
      return add(ts.isStringLiteral(part) ? part.text.replaceAll("\n", " ") : part.text, lineOf(part));
    }
    if (isSum(part)) {
      addAll(part.left);
      return addAll(part.right);
    }
    if (!ts.isTemplateExpression(part)) {
      holes.push(part);
      return add(HOLE, lineOf(part));
    }
    add(part.head.text, lineOf(part));
    for (const { expression, literal } of part.templateSpans) {
      holes.push(expression);
      add(HOLE, lineOf(expression));
      add(literal.text, lineOf(literal));
    }
  };
  addAll(node);
  return { text, holes };
}

/** Whether a node is a text; a sum such as `1 + 2` is not. */
function isText(node: ts.Node): node is ts.Expression {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ||
    isSum(node) && (isText(node.left) || isText(node.right));
}

function isSum(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
}
