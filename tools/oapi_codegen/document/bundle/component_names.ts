import { posix } from "node:path";
import { GROUPS, type Kind } from "../document_kinds.ts";
import { pascalCase } from "../../types/identifiers.ts";
import { entries, isObject, textMember, unescapeToken } from "../json_value.ts";
import { fragmentOf } from "../sources/sources.ts";
import type { SourceFile, Sources, SourceTarget } from "../sources/sources.ts";

/** Tokens of a pointer that say nothing about their target. */
const STRUCTURE = ["$defs", "content", "definitions", "paths", "properties", "responses", "schema"];

/** Names of the components that a bundle has, by group. Those of the document come first. */
export class ComponentNames {
  readonly #taken = new Set<string>();

  constructor(root: SourceFile, sources: Sources) {
    for (const group of GROUPS.values()) {
      for (const name of namesIn(group, root, sources)) this.#taken.add(`${group}/${name}`);
    }
  }

  /** Returns the name of a target in a group: its own, or one made from its file if that is taken. */
  add(target: SourceTarget, group: string): string {
    const own = nameOf(target, group);
    const prefixed = `${stemOf(target.file)}${pascalCase(own)}`;
    let name = this.#taken.has(`${group}/${own}`) ? prefixed : own;
    for (let number = 2; this.#taken.has(`${group}/${name}`); number++) name = `${prefixed}${number}`;
    this.#taken.add(`${group}/${name}`);
    return name;
  }
}

/** Returns the name that a target has, or would have, as a component of a group. */
export function nameOf({ pointer, file }: SourceTarget, group: string): string {
  const tokens = pointer.split("/").slice(1).map(unescapeToken);
  if (tokens[0] === "components" && tokens[1] === group && tokens.length === 3) return tokens[2] ?? "";
  const last = tokens.at(-1);
  if (last === undefined) return stemOf(file);
  // A map of named things, such as definitions: the name is the last token.
  const holder = tokens.at(-2);
  const isNamed = tokens.length === 1 || ["$defs", "definitions"].includes(holder ?? "") ||
    GROUPS.values().some((name) => name === holder);
  if (isNamed && /^[\w.-]+$/.test(last) && !/^\d+$/.test(last)) return last;
  return `${stemOf(file)}${pascalCase(tokens.filter((token) => !STRUCTURE.includes(token)).join(" "))}`;
}

/** Returns the group of the components of a kind; undefined for what is no component. */
export function groupOf(kind: Kind): string | undefined {
  // Components of media types are new in 3.2, which no tool reads yet.
  return kind === "mediaType" ? undefined : GROUPS.get(kind);
}

function stemOf({ path }: SourceFile): string {
  return pascalCase(posix.basename(path).replace(/\.\w+$/, "")) || "File";
}

/** Returns the names of a group of the root's components, which may stand in another file. */
function namesIn(group: string, root: SourceFile, sources: Sources): readonly string[] {
  const found = sources.resolve(fragmentOf(`/components/${group}`), root);
  const ref = textMember(found?.value, "$ref");
  const map = found !== undefined && ref !== undefined ? sources.resolve(ref, found.file) : found;
  return map === undefined || !isObject(map.value) ? [] : [...entries(map)].map(([name]) => name);
}
