/**
 * Returns a module's text with a name imported, in an import that exists, or a new one after all others.
 *
 * @param name Such as "accessScopeOf", or "type ResourceKey" for a type.
 */
export function addImport(text: string, name: string, specifier: string): string {
  const quoted = specifier.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const existing = new RegExp(`^import (type )?\\{([^}]*?),?\\s*\\} from "${quoted}";`, "m").exec(text);
  const bare = name.replace(/^type /, "");
  if (existing !== null) {
    const [statement, isType, names = ""] = existing;
    if (new RegExp(`(?:^|[\\s,])(?:type )?${bare}(?:$|[\\s,])`).test(names)) return text;
    const added = isType === undefined ? name : bare;
    const isMixed = isType !== undefined && bare === name;
    const all = isMixed ? names.replaceAll(/\b(\w+)(?= *(?:,|$| as ))/g, "type $1") : names;
    return text.replace(
      statement,
      () => `import ${isMixed ? "" : isType ?? ""}{${all}, ${added} } from "${specifier}";`,
    );
  }
  const statement = `import ${bare === name ? "" : "type "}{ ${bare} } from "${specifier}";\n`;
  const imports = [...text.matchAll(/^(?:import [^;]*|\} from )"([^"]*)";\n/gm)];
  const isRelative = ([, from = ""]: RegExpMatchArray): boolean => from.startsWith(".");
  // Those of the own room follow those of others.
  const last = imports.findLast((one) => specifier.startsWith(".") || !isRelative(one)) ?? imports.at(-1);
  const at = last === undefined ? 0 : last.index + last[0].length;
  return `${text.slice(0, at)}${statement}${text.slice(at)}`;
}
