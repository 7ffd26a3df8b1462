/** Names of fields by which costly documents select lists. */
export interface ListedField {
  /** Field of `Query` that is a connection, e.g. "contacts". */
  readonly list: string;
  /** Type of its items. */
  readonly type: string;
}

/** A request that costs a server more than it costs its sender. */
export interface CostlyRequest {
  /** Kind and size, such as "aliases 3". */
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Returns documents of ten sizes by kind. */
const KINDS: Readonly<Record<string, (field: ListedField, size: number) => Omit<CostlyRequest, "name">>> = {
  "deep fields": ({ list }, size) => ({
    query: `{ ${list} { ${"nodes { ".repeat(10 * size)} id ${"}".repeat(10 * size)} } }`,
  }),
  "deep fragments": ({ list, type }, size) => ({
    query: `{ ${list} { nodes { ...F0 } } } ${chain(10 * size + 10, type, (next) => `self { ...F${next} }`)}`,
  }),
  "many tokens": ({ list }, size) => ({
    query: `{ ${times(230 + 120 * size, (index) => `${list}${index}: ${list} { nodes { id } }`)} }`,
  }),
  "many objects": ({ list }, size) => ({
    query: `{ ${
      times(24, (index) => `a${index}: ${list}(first: ${200 + size}) { nodes { id } edges { node { id } } }`)
    } }`,
  }),
  aliases: ({ list }, size) => ({
    query: `{ ${list} { nodes { ${times(31 + 20 * size, (index) => `a${index}: id`)} } } }`,
  }),
  "cyclic fragments": ({ list, type }, size) => ({
    query: `{ ${list} { nodes { ...F0 } } } ${
      chain(size, type, (next) => next === size ? "...F0" : `...F${next}`)
    }`,
  }),
  "doubling fragments": ({ list, type }, size) => ({
    query: `{ ${list} { nodes { ...F0 } } } ${
      chain(20 + size, type, (next) => `a: id ...F${next} ...F${next}`)
    }`,
  }),
  // Validation compares the same fields pairwise.
  "repeated fields": ({ list }, size) => ({
    query: size % 2 === 0
      ? `{ ${list} { nodes { ${"id ".repeat(100 * size + 40)} } } }`
      : `{ ${`${list} { nodes { id } } `.repeat(20 * size + 20)} }`,
  }),
  directives: ({ list }, size) => ({
    query: `{ ${list} { nodes { id ${"@include(if: true) ".repeat(20 * size + 40)} } } }`,
  }),
  // A text and a list in the document, and as a variable.
  "large values": ({ list }, size) =>
    [
      { query: `{ ${list}(after: "${"A".repeat(5_000 * size)}") { nodes { id } } }` },
      { query: `{ ${list}(after: [${"1 ".repeat(90 * size)}]) { nodes { id } } }` },
      {
        query: `query ($after: String) { ${list}(after: $after) { nodes { id } } }`,
        variables: { after: "A".repeat(5_000 * size) },
      },
      {
        query: `query ($after: String) { ${list}(after: $after) { nodes { id } } }`,
        variables: { after: Array.from({ length: 400 * size }, (_, index) => ({ [`a${index}`]: index })) },
      },
    ][size % 4] ?? { query: "{" },
};

/** Returns 100 requests that are refused, with bodies of less than 64 KiB. */
export function costlyDocuments(field: ListedField): readonly CostlyRequest[] {
  return Object.entries(KINDS).flatMap(([kind, make]) =>
    Array.from({ length: 10 }, (_, index) => ({ name: `${kind} ${index + 1}`, ...make(field, index + 1) }))
  );
}

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(" ");
}

/** Returns fragments of which each selects something with the next one. */
function chain(length: number, type: string, select: (next: number) => string): string {
  const fragments = times(length, (index) => `fragment F${index} on ${type} { ${select(index + 1)} }`);
  return `${fragments} fragment F${length} on ${type} { id }`;
}
