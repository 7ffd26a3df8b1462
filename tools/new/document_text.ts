import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { NewError } from "./usage_error.ts";

/** Text of a YAML document, to which members are added without a change of what is there. */
export class DocumentText {
  #root: YAMLMap;
  #plain: unknown;

  /** @throws {NewError} for a document that is JSON or has syntax errors. */
  constructor(readonly path: string, public text: string) {
    this.#root = this.#parse();
  }

  /** Returns the keys of a mapping; undefined if there is none at the path. */
  keys(...path: readonly string[]): readonly string[] | undefined {
    return this.#find(path)?.items.map(keyOf);
  }

  /** Returns a value as plain data; undefined if there is none at the path. */
  value(...path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, name) =>
        value instanceof Object && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined,
      this.#plain,
    );
  }

  /** Returns the lines of a member with its key, beginning in the first column; undefined if it is absent. */
  source(...path: readonly string[]): string | undefined {
    const map = this.#find(path.slice(0, -1));
    const pair = map?.items.find((item) => keyOf(item) === path.at(-1));
    if (map === undefined || pair === undefined || map.flow === true) return undefined;
    const indent = this.#indentOf(map);
    const lines = this.text.slice(this.#startOf(pair), this.#endOf(pair)).split("\n");
    return lines.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join("\n");
  }

  /**
   * Adds a member to a mapping at the end, or before another member. Mappings that are missing are added too.
   *
   * @param member Lines of YAML that begin in the first column.
   * @throws {NewError} for a mapping in braces.
   */
  insert(path: readonly string[], member: string, before?: string): void {
    const map = this.#find(path);
    if (map === undefined) {
      const nested = member.replaceAll(/^(?=.)/gm, "  ");
      return this.insert(
        path.slice(0, -1),
        `${path.at(-1)}:\n${nested}`,
        path.length === 1 ? before : undefined,
      );
    }
    if (map.flow === true) {
      throw new NewError(
        `${this.path} has ${
          path.join(" › ") || "its members"
        } in braces; nothing was written. Write one member a line`,
      );
    }
    const next = map.items.find((item) => keyOf(item) === before);
    const last = map.items.at(-1);
    const at = next !== undefined
      ? this.#startOf(next)
      : last !== undefined
      ? this.#endOf(last)
      : this.text.length;
    const indented = member.trimEnd().replaceAll(/^(?=.)/gm, " ".repeat(this.#indentOf(map)));
    this.text = `${this.text.slice(0, at)}${indented}\n${this.text.slice(at)}`;
    this.#root = this.#parse();
  }

  /** Replaces a part of the text. */
  replace(part: string, by: string): void {
    this.text = this.text.replace(part, () => by);
    this.#root = this.#parse();
  }

  #parse(): YAMLMap {
    const document = parseDocument(this.text, { prettyErrors: false, uniqueKeys: true, stringKeys: true });
    const { contents, errors: [error] } = document;
    if (!isMap(contents) || contents.flow === true || error !== undefined) {
      throw new NewError(
        `${this.path} is not in block style YAML${
          error === undefined ? "" : ` (${error.message})`
        }; nothing was ` +
          "written. Convert a document in JSON to YAML first",
      );
    }
    this.#plain = document.toJS();
    return contents;
  }

  #find(path: readonly string[]): YAMLMap | undefined {
    let map: YAMLMap = this.#root;
    for (const name of path) {
      const value = map.items.find((item) => keyOf(item) === name)?.value;
      if (!isMap(value)) return undefined;
      map = value;
    }
    return map;
  }

  #indentOf(map: YAMLMap): number {
    const [first] = map.items;
    const start = isScalar(first?.key) ? first.key.range?.[0] ?? 0 : 0;
    return start - this.#lineOf(start);
  }

  /** Offset of the line of a member, or of the comments above it. */
  #startOf({ key }: Pair): number {
    let start = this.#lineOf(isScalar(key) ? key.range?.[0] ?? 0 : 0);
    for (let above = start; above > 0;) {
      above = this.#lineOf(above - 1);
      if (!/^\s*#/.test(this.text.slice(above, start))) break;
      start = above;
    }
    return start;
  }

  /** Offset after the last line of a member. */
  #endOf({ key, value }: Pair): number {
    const range = value instanceof Object && "range" in value
      ? value.range
      : isScalar(key)
      ? key.range
      : undefined;
    const end = Array.isArray(range) ? Number(range[1]) : this.text.length;
    const last = this.text.slice(0, end).trimEnd().length;
    const newline = this.text.indexOf("\n", last);
    if (newline >= 0) return newline + 1;
    this.text += "\n";
    return this.text.length;
  }

  #lineOf(offset: number): number {
    return this.text.lastIndexOf("\n", offset - 1) + 1;
  }
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}
