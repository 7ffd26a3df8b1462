import { NewError } from "./usage_error.ts";

/** Matches the list: its begin, its names and its end. */
const LIST = /^(export const services\b[^=]*=\s*\[)([^\]]*?)(,?\s*\])/m;

/**
 * Returns the text of services.ts with a further service at the end of its list.
 *
 * @throws {NewError} if the service is in it, or the list is not found.
 */
export function registerService(
  text: string,
  { module, folder }: { readonly module: string; readonly folder: string },
): string {
  if (new RegExp(`\\b${module}\\b`).test(text)) throw new NewError(`services.ts has a ${module} already`);
  if (!LIST.test(text)) {
    throw new NewError(
      "services.ts has no list to add the service to; expected: export const services: readonly ServiceModule[] = […];",
    );
  }
  const registered = text.replace(
    LIST,
    (_, start: string, list: string) =>
      list.trim() === "" ? `${start}${module}]` : `${start}${list}, ${module}]`,
  );
  const line = `import { ${module} } from "./${folder}/module.ts";\n`;
  const types = registered.search(/^import type /m);
  return types === -1 ? line + registered : registered.slice(0, types) + line + registered.slice(types);
}

/** Returns the text of services.ts without a module: without its import, and its name in the list. */
export function unregisterService(text: string, module: string): string {
  return text.replace(new RegExp(`^import \\{ ${module} \\} .*\\n`, "m"), "")
    .replace(LIST, (_, start: string, list: string, end: string) => {
      const names = list.replace(new RegExp(`\\b${module}\\b(?:,\\s*)?`), "").replace(/,?\s*$/, "");
      return names === "" ? `${start}]` : `${start}${names}${end}`;
    });
}
