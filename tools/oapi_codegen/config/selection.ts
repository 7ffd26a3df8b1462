import type { ConfigEntry } from "./config_reader.ts";
import type { Place } from "../diagnostics/diagnostics.ts";
import { elements, type Located, textMember } from "../document/json_value.ts";

/** Rules that select parts of a document. `*` stands for any text, in paths for any text but `/`, and `**` for both. */
export interface SelectionRules {
  readonly tags: readonly ConfigEntry[];
  /** OperationIds, or methods and paths such as `GET /pets`. */
  readonly operations: readonly ConfigEntry[];
  readonly paths: readonly ConfigEntry[];
  readonly mediaTypes: readonly ConfigEntry[];
}

/** Rules without effect. */
export const NO_RULES: SelectionRules = { tags: [], operations: [], paths: [], mediaTypes: [] };

/** Operation or webhook, as rules see it. */
export interface SelectableOperation {
  readonly method: string;
  /** Path, or the name of a webhook. */
  readonly path: string;
  readonly operation: Located;
}

/** Reads the rules of one kind of selection, and which of them are used. */
export class Selector {
  readonly #patterns = new Map<ConfigEntry, RegExp>();
  readonly #used = new Set<ConfigEntry>();

  constructor(readonly rules: SelectionRules) {
    const add = (entries: readonly ConfigEntry[], toPattern: (text: string) => RegExp): void => {
      for (const entry of entries) this.#patterns.set(entry, toPattern(entry.text));
    };
    add(rules.tags, (text) => glob(text, ".*"));
    add(rules.operations, (text) => text.includes(" ") ? glob(text, "[^/]*") : glob(text, ".*"));
    add(rules.paths, (text) => glob(text, "[^/]*"));
    add(rules.mediaTypes, (text) => glob(text.toLowerCase(), ".*"));
  }

  /** Whether any rule concerns operations. */
  get hasOperationRules(): boolean {
    const { tags, operations, paths } = this.rules;
    return tags.length + operations.length + paths.length > 0;
  }

  /** Whether a rule matches an operation. Every rule is tried, so that unused ones are known. */
  matches({ method, path, operation }: SelectableOperation): boolean {
    const tags = [...elements(operation, "tags")].map(({ value }) => String(value));
    const names = [textMember(operation.value, "operationId") ?? "", `${method.toUpperCase()} ${path}`];
    const { rules } = this;
    return [
      this.#matchesAny(rules.tags, tags),
      this.#matchesAny(rules.operations, names),
      this.#matchesAny(rules.paths, [path]),
    ].includes(true);
  }

  /** Whether a rule matches a media type. */
  matchesMediaType(mediaType: string): boolean {
    return this.#matchesAny(this.rules.mediaTypes, [mediaType.toLowerCase()]);
  }

  /** Rules that nothing matched, each with a sentence about it. */
  get unused(): readonly (readonly [place: Place | undefined, message: string])[] {
    const { tags, operations, paths, mediaTypes } = this.rules;
    const groups = [
      ["No operation has this tag", tags],
      ["No operation has this name, or this method and path", operations],
      ["No path matches this one", paths],
      ["No body has this media type", mediaTypes],
    ] as const;
    return groups.flatMap(([message, entries]) =>
      entries.filter((entry) => !this.#used.has(entry))
        .map((entry) => [entry.place, `${message}: ${entry.text}; correct or remove it`] as const)
    );
  }

  #matchesAny(entries: readonly ConfigEntry[], texts: readonly string[]): boolean {
    let isMatch = false;
    for (const entry of entries) {
      if (!texts.some((text) => this.#patterns.get(entry)?.test(text) === true)) continue;
      this.#used.add(entry);
      isMatch = true;
    }
    return isMatch;
  }
}

/** Returns the pattern of a text with `*` and `**`. */
function glob(text: string, star: string): RegExp {
  const parts = text.split(/(\*+)/).map((part) => {
    if (part === "*") return star;
    return part.startsWith("*") ? ".*" : part.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`);
}
