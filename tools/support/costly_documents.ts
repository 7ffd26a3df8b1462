/** Names of fields by which costly documents select lists. */
export interface ListedField {
  /** Field of `Query` that is a connection, e.g. "contacts". */
  readonly list: string;
  /** Type of its items. */
  readonly type: string;
}

/** Returns 100 documents that cost a server more than they cost their sender: deep, wide, aliased, cyclic, repeated. */
export function costlyDocuments({ list, type }: ListedField): readonly string[] {
  return Array.from({ length: 10 }, (_, index) => index + 1).flatMap((size) => [
    // Deep, by fields and by fragments.
    `{ ${list} { ${"nodes { ".repeat(10 * size)} id ${"}".repeat(10 * size)} } }`,
    `{ ${list} { nodes { ...F0 } } } ${chain(10 * size + 10, type, (next) => `self { ...F${next} }`)}`,
    // Wide: more tokens than permitted, and more objects.
    `{ ${
      Array.from({ length: 300 * size }, (_, index) => `${list}${index}: ${list} { nodes { id } }`).join(" ")
    } }`,
    `{ ${
      times(24, (index) => `a${index}: ${list}(first: ${200 + size}) { nodes { id } edges { node { id } } }`)
    } }`,
    // Aliased.
    `{ ${list} { nodes { ${times(31 + 20 * size, (index) => `a${index}: id`)} } } }`,
    // Fragments that contain themselves, and those that double with each level.
    `{ ${list} { nodes { ...F0 } } } ${chain(size, type, (next) => next === size ? "...F0" : `...F${next}`)}`,
    `{ ${list} { nodes { ...F0 } } } ${chain(20 + size, type, (next) => `a: id ...F${next} ...F${next}`)}`,
    // Repeated: validation compares the same fields pairwise.
    `{ ${list} { nodes { ${"id ".repeat(100 * size + 40)} } } }`,
    `{ ${`${list} { nodes { id } } `.repeat(20 * size + 20)} }`,
    // Directives.
    `{ ${list} { nodes { id ${"@include(if: true) ".repeat(20 * size + 40)} } } }`,
  ]);
}

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(" ");
}

/** Returns fragments of which each selects something with the next one. */
function chain(length: number, type: string, select: (next: number) => string): string {
  const fragments = times(length, (index) => `fragment F${index} on ${type} { ${select(index + 1)} }`);
  return `${fragments} fragment F${length} on ${type} { id }`;
}
