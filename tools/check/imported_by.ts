import ts from "typescript";

/** Returns the specifier of the module that a node imports; undefined if it imports none. */
export function importedBy(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  }
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isCallExpression(node)) {
    const [argument] = node.arguments;
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return argument;
    return isResolve(node.expression) && argument && ts.isStringLiteralLike(argument) ? argument : undefined;
  }
  return ts.isNewExpression(node) ? moduleUrl(node) : undefined;
}

function isResolve(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) &&
    node.name.text === "resolve";
}

/** Returns `./file.ts` of `new URL("./file.ts", import.meta.url)`, the URL of a worker. */
function moduleUrl(
  { expression, arguments: [path] = ts.factory.createNodeArray() }: ts.NewExpression,
): ts.Node | undefined {
  const isUrl = ts.isIdentifier(expression) && expression.text === "URL";
  return isUrl && path && ts.isStringLiteralLike(path) && /^\.{1,2}\/.*\.[cm]?[jt]sx?$/.test(path.text)
    ? path
    : undefined;
}
