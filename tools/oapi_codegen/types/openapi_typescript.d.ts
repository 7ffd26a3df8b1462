import type { GlobalContext } from "openapi-typescript";
import type ts from "typescript";

/**
 * Types of the parts of openapi-typescript that are used. Its main module would also load a parser, a bundler and a linter
 * of documents.
 */
export default function transformSchema(document: unknown, context: Omit<GlobalContext, "redoc">): ts.Node[];

/** Prints declarations. */
export declare function astToString(nodes: readonly ts.Node[]): string;

/** Returns the target of a local reference. */
export declare function resolveRef<T>(
  document: unknown,
  ref: string,
  options: { silent: boolean },
): T | undefined;
