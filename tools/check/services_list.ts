import ts from "typescript";
import { parseImportMap, resolve } from "./import_map.ts";

/**
 * Returns the files of the modules that services.ts lists, in order. The names in its array `services` are resolved by
 * their imports. Undefined if there is no such array.
 */
export function listedModules(texts: ReadonlyMap<string, string>): readonly string[] | undefined {
  const text = texts.get("services.ts");
  if (text === undefined) return undefined;
  const file = ts.createSourceFile("services.ts", text, ts.ScriptTarget.Latest, false);
  const map = parseImportMap(texts.get("deno.json") ?? "{}");
  const modules = new Map<string, string>();
  let listed: readonly string[] | undefined;
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const target = resolve(statement.moduleSpecifier.text, { file: "services.ts", map });
      for (const name of namesOf(statement)) if ("file" in target) modules.set(name, target.file);
    } else if (ts.isVariableStatement(statement)) {
      listed = statement.declarationList.declarations.map(elementsOf).find((names) => names !== undefined) ??
        listed;
    }
  }
  return listed?.flatMap((name) => modules.get(name) ?? []);
}

function namesOf({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
}

function elementsOf({ name, initializer }: ts.VariableDeclaration): readonly string[] | undefined {
  if (!ts.isIdentifier(name) || name.text !== "services") return undefined;
  let list = initializer;
  while (list && (ts.isSatisfiesExpression(list) || ts.isAsExpression(list))) list = list.expression;
  return list && ts.isArrayLiteralExpression(list)
    ? list.elements.filter(ts.isIdentifier).map(({ text }) => text)
    : undefined;
}
