/** A node with its shape and text: `a`, `a[text]`, `a(text)`, `a[(text)]`, `a{text}`; several are joined by `&`. */
const NODE = String
  .raw`\w+(?:\[\([^[\](){}]+\)\]|\[[^[\](){}]+\]|\(\[[^[\](){}]+\]\)|\([^[\](){}]+\)|\{[^[\](){}]+\})?`;
const NODES = `${NODE}(?: & ${NODE})*`;
const LINK = String.raw`(?:-->|---|-\.->|==>|-- [^-]+ -->|-\. [^.]+ \.->|-->\|[^|]+\|)`;

/** Lines of each kind of diagram, as https://mermaid.js.org/syntax/ defines them. */
const LINES = {
  flowchart: [
    new RegExp(`^${NODES}(?: ${LINK} ${NODES})*$`),
    /^subgraph \w+(?:\[[^[\]]+\])?$/,
    /^end$/,
    /^direction (?:LR|RL|TB|TD|BT)$/,
  ],
  sequenceDiagram: [
    /^autonumber$/,
    /^(?:participant|actor) \w+(?: as .+)?$/,
    /^\w+ ?(?:->>|-->>|-\)|--\)|-x|--x)[+-]? ?\w+ ?: .+$/,
    /^Note (?:over|left of|right of) \w+(?:,\s?\w+)? ?: .+$/,
    /^(?:alt|opt|loop|par|critical|break|and|else|option)(?: .+)?$/,
    /^end$/,
  ],
} as const;

/**
 * Returns what is wrong with a diagram. Flowcharts and sequence diagrams are understood, without styles: what this
 * accepts, Mermaid draws, which is a package with a hundred others and needs a browser.
 */
export function mermaidErrors(diagram: string): readonly string[] {
  const [first = "", ...rest] = diagram.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("%%")
  );
  const kind = /^flowchart (?:LR|RL|TB|TD|BT)$/.test(first)
    ? "flowchart"
    : first === "sequenceDiagram"
    ? "sequenceDiagram"
    : undefined;
  if (kind === undefined) return [`begins with neither flowchart nor sequenceDiagram: ${first}`];
  const errors = rest.filter((line) => !LINES[kind].some((pattern) => pattern.test(line)))
    .map((line) => `not understood: ${line}`);
  const begun = rest.filter((line) => /^(?:subgraph|alt|opt|loop|par|critical|break)\b/.test(line)).length;
  const open = begun - rest.filter((line) => line === "end").length;
  return open === 0
    ? errors
    : [...errors, `${Math.abs(open)} block ${open > 0 ? "without" : "too many"} end`];
}
