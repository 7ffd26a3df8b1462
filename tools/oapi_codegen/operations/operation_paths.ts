import type { DiagnosticList } from "../diagnostics/diagnostics.ts";
import type { Located } from "../document/json_value.ts";
import type { NamedOperation } from "./operation_names.ts";
import type { References } from "../document/references.ts";

/** Operation with its path item. */
export interface FoundOperation extends NamedOperation {
  readonly pathItem: Located;
  /** Whether the path is written with a fragment, which no request has. */
  readonly hasFragment: boolean;
}

/** Adds diagnostics for paths that cannot be routed. */
export function checkPath(
  { pointer }: Located,
  { path, diagnostics }: { readonly path: string; readonly diagnostics: DiagnosticList },
): void {
  if (!path.startsWith("/") || /[?\s]/.test(path)) {
    diagnostics.add(pointer, "A path must begin with / and have no query or whitespace");
  }
  if (path.split("/").some((segment) => /[{}]/.test(segment.replaceAll(/\{[^{}]+\}/g, "")))) {
    diagnostics.add(pointer, "A brace of a template variable is missing, as in /pets/{id}");
  }
  if (/\}\{/.test(path)) {
    diagnostics.add(pointer, "Two template variables need text between them, as in /{from}-{to}");
  }
  const variables = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  if (new Set(variables).size < variables.length) {
    diagnostics.add(pointer, "A template variable is duplicated; rename one");
  }
}

/**
 * Rejects operations that match the same requests, by paths that differ in the names of their variables alone. Those that
 * differ in a fragment are left out.
 */
export function withoutDuplicates(
  operations: readonly FoundOperation[],
  { diagnostics }: References,
): readonly FoundOperation[] {
  const templates = new Map<string, FoundOperation>();
  const isServed = (item: FoundOperation): boolean => {
    const template = `${item.method} ${item.path.replaceAll(/\{[^{}]*\}/g, "{}")}`;
    const other = templates.get(template);
    if (other === undefined) {
      templates.set(template, item);
      return true;
    }
    if (item.hasFragment) {
      diagnostics.warn(
        item.operation.pointer,
        `Requests carry no fragment: they are those of ${other.written}; the operation is left out`,
      );
      return false;
    }
    diagnostics.add(
      item.operation.pointer,
      `The operation matches the same requests as that of ${other.written}; merge the two`,
    );
    return true;
  };
  const served = new Set([
    ...operations.filter(({ hasFragment }) => !hasFragment).filter(isServed),
    ...operations.filter(({ hasFragment }) => hasFragment).filter(isServed),
  ]);
  return operations.filter((item) => served.has(item));
}
