import { createHash } from "node:crypto";
import { formatVersion } from "../entity_version.ts";

/** An item of a list, as far as entity tags are concerned. */
export interface Tagged {
  readonly id: string;
  /** Version of an item that can be read by itself. */
  readonly version?: bigint | undefined;
  /**
   * What changes about an item that has no version.
   *
   * @default nothing
   */
  readonly state?: string;
}

/** The entity tags of a page. */
export interface TagsOfPage {
  /** Tag of the page: changes with its items, their order, and what surrounds them. */
  readonly page: string;
  /** Tags of the items that have a version, by id. */
  readonly items: Readonly<Record<string, string>>;
}

interface CachedTags extends TagsOfPage {
  readonly of: readonly Tagged[];
  readonly surroundings: string;
}

/**
 * Computes the entity tags of pages. The last ones are cached: the first page of a list is requested most often, and
 * recognizing it costs a tenth of computing its tags.
 */
export class PageTags {
  #last: CachedTags | undefined;

  of(items: readonly Tagged[], surroundings: readonly (string | number | boolean)[]): TagsOfPage {
    // None of the parts has a line break in it.
    const around = surroundings.join("\n");
    if (this.#last !== undefined && isSame(this.#last, items, around)) return this.#last;
    let text = around;
    for (const { id, version = 1n, state } of items) text += `\n${state ?? id} ${version}`;
    this.#last = {
      page: `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`,
      // From entries, and not member by member: such an object takes JSON.stringify ten microseconds more (measured).
      items: Object.fromEntries(
        items.flatMap(({ id, version }) => version === undefined ? [] : [[id, formatVersion(version)]]),
      ),
      of: items.map(({ id, version, state }) => ({ id, version, ...(state !== undefined && { state }) })),
      surroundings: around,
    };
    return this.#last;
  }
}

function isSame({ of, surroundings }: CachedTags, items: readonly Tagged[], around: string): boolean {
  return surroundings === around && of.length === items.length &&
    of.every(({ id, version, state }, index) => {
      const item = items[index];
      return item !== undefined && item.id === id && item.version === version && item.state === state;
    });
}
