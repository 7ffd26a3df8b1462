import ts from "typescript";

/** Whether a node reads the environment by `Deno.env`, `process.env`, or `env` of either. */
export function readsEnvironment(node: ts.Node): boolean {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "env" && isRuntime(node.expression);
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: key } = node;
    return ts.isStringLiteralLike(key) && key.text === "env" && isRuntime(node.expression);
  }
  if (ts.isVariableDeclaration(node)) {
    return node.initializer !== undefined && isRuntime(node.initializer) &&
      ts.isObjectBindingPattern(node.name) &&
      node.name.elements.some(({ propertyName, name }) => isNamedEnv(propertyName ?? name));
  }
  if (ts.isImportDeclaration(node)) {
    const { moduleSpecifier, importClause } = node;
    const bindings = importClause?.namedBindings;
    return ts.isStringLiteral(moduleSpecifier) && /^(node:)?process$/.test(moduleSpecifier.text) &&
      bindings !== undefined && ts.isNamedImports(bindings) &&
      bindings.elements.some(({ propertyName, name }) => isNamedEnv(propertyName ?? name));
  }
  return false;
}

function isNamedEnv(name: ts.Node): boolean {
  return ts.isIdentifier(name) && name.text === "env";
}

/** `Deno` or `process`, or either of `globalThis`. */
function isRuntime(node: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(node) ? node.name : node;
  return ts.isIdentifier(name) && (name.text === "Deno" || name.text === "process");
}
