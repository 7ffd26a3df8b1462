import { join, relative } from "node:path";

/** Place of the handler of an operation. */
export interface HandlerPlace {
  readonly path: string;
  /** Path relative to the project. */
  readonly file: string;
  readonly line: number;
}

/** Folders that have no handlers: generated code, packages, and what is built. */
const WITHOUT = /^(?:\..*|api|dist|docs|node_modules)$/;

/**
 * Finds the handler of an operation: by its name, in a file that implements the generated interface. Files that import
 * that of the document come first, since other documents may have an operation of the name.
 */
export async function findHandler(
  root: string,
  { document, operationId }: { readonly document: string; readonly operationId: string },
): Promise<HandlerPlace | undefined> {
  // Not a list of names, such as those of the operations that are tools.
  const declaration = new RegExp(
    `^[ \\t]*(?:async[ \\t]+)?${operationId}[ \\t]*(?:[(,]|:(?![ \\t]*["']))`,
    "m",
  );
  const found: (HandlerPlace & { readonly isOfDocument: boolean })[] = [];
  for await (const path of sources(root)) {
    const text = await Deno.readTextFile(path);
    const [, folder] = /from "[^"]*?([\w-]+)\/server\.gen\.ts"/.exec(text) ?? [];
    const isServer = folder !== undefined && text.includes("StrictServerInterface");
    const match = isServer ? declaration.exec(text) : null;
    if (match === null) continue;
    found.push({
      path,
      file: relative(root, path).replaceAll("\\", "/"),
      line: text.slice(0, match.index).split("\n").length,
      isOfDocument: folder === `${document}api`,
    });
  }
  return found.find(({ isOfDocument }) => isOfDocument) ?? found[0];
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && !WITHOUT.test(name)) yield* sources(path);
    else if (!isDirectory && /\.ts$/.test(name) && !/(?:_test|\.gen)\.ts$/.test(name)) yield path;
  }
}
