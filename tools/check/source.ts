import ts from "typescript";
import { readsEnvironment } from "./environment_read.ts";
import { importedBy } from "./imported_by.ts";
import { literalTextOf } from "./literal_text.ts";

/** Parts of a source file that the rules inspect. Lines count from 1. */
export interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  /** String literals and templates. Those joined by `+` are one. */
  readonly literals: readonly Literal[];
  /** Lines that read the environment. */
  readonly environmentReads: readonly number[];
}

/** Import in any form, including type-only imports and module URLs. */
export interface Import {
  /** As written; undefined if it is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
}

export interface Literal {
  /** Text with the lines of the source. `HOLE` of literal_text.ts replaces embedded expressions. */
  readonly text: string;
  readonly line: number;
}

/** Kinds of nodes that import, read the environment or contain text. */
const INSPECTED = new Set([
  ts.SyntaxKind.BinaryExpression,
  ts.SyntaxKind.CallExpression,
  ts.SyntaxKind.ElementAccessExpression,
  ts.SyntaxKind.ExportDeclaration,
  ts.SyntaxKind.ExternalModuleReference,
  ts.SyntaxKind.ImportDeclaration,
  ts.SyntaxKind.ImportType,
  ts.SyntaxKind.NewExpression,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.PropertyAccessExpression,
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.VariableDeclaration,
]);

/** Parses a source once for all rules. */
export function parseSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const imports: Import[] = [];
  const literals: Literal[] = [];
  const environmentReads: number[] = [];
  const lineAt = lineFinder(text);
  const lineOf = (node: ts.Node): number => lineAt(node.getStart(file));
  const visit = (node: ts.Node): void => {
    if (!INSPECTED.has(node.kind)) return node.forEachChild(visit);
    const imported = importedBy(node);
    if (imported !== undefined) {
      const specifier = ts.isStringLiteralLike(imported) ? imported.text : undefined;
      imports.push({ specifier, line: lineOf(imported) });
    }
    if (readsEnvironment(node)) environmentReads.push(lineOf(node));
    const literal = literalTextOf(node, lineOf);
    if (literal === undefined) node.forEachChild((child) => child === imported ? undefined : visit(child));
    else {
      literals.push({ text: literal.text, line: lineOf(node) });
      literal.holes.forEach(visit);
    }
  };
  visit(file);
  return { path, imports, literals, environmentReads };
}

/** Returns a function from positions to lines. That of TypeScript takes half as long as its parser. */
function lineFinder(text: string): (position: number) => number {
  const ends: number[] = [];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) ends.push(end);
  return (position): number => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? Infinity) < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}

/** Parses the imports of a generated file, one per line. The rules inspect nothing else in it. */
export function parseGenerated(path: string, text: string): Source {
  const imports = text.split("\n").flatMap((line, index) => {
    const specifier = /^(?:import|export)\b(?:.* from)? "([^"]+)";$/.exec(line)?.[1];
    return specifier === undefined ? [] : [{ specifier, line: index + 1 }];
  });
  return { path, imports, literals: [], environmentReads: [] };
}
