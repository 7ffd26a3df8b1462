import { type AST, parseRegExpLiteral } from "@eslint-community/regexpp";

/** Repetitions from which a bounded quantifier takes as long as an unbounded one. */
const MANY = 10;
/** Copies of a part with a fixed number of repetitions. */
const MAX_COPIES = 12;
/** Number of positions from which a loop is not examined. */
const MAX_LOOP = 150;
/** Characters of common classes, in addition to those of the pattern. */
const SAMPLES = [
  "a",
  "z",
  "A",
  "Z",
  "0",
  "9",
  "_",
  "-",
  ".",
  " ",
  "\n",
  "\t",
  "/",
  "@",
  "é",
  "ß",
  "漢",
  "!",
  "€",
];

/** Part of a pattern as an automaton (Glushkov): positions that match one character, and those that follow each. */
interface Fragment {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const EMPTY: Fragment = { nullable: true, first: [], last: [] };

/**
 * Whether a text that almost matches takes exponential time. A loop of the pattern can then match the same text in
 * several ways, as `(a+)+` does, and a backtracking engine tries them all.
 */
export function isExploding(pattern: string, flags: string): boolean {
  const literal = parseRegExpLiteral(new RegExp(pattern, flags));
  const automaton = new Automaton(samplesOf(literal.pattern), flags);
  automaton.add(literal.pattern.alternatives);
  return automaton.isAmbiguous();
}

/** Returns characters that distinguish the classes of a pattern. */
function samplesOf(pattern: AST.Pattern): readonly string[] {
  const found = new Set(SAMPLES);
  const add = (value: number): void => {
    for (const code of [value - 1, value, value + 1]) {
      if (code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) {
        found.add(String.fromCodePoint(code));
      }
    }
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "value" && typeof value === "number") add(value);
      // The tree refers back to parents and resolved groups.
      else if (key !== "parent" && key !== "references" && key !== "resolved") visit(value);
    }
  };
  visit(pattern);
  return [...found];
}

class Automaton {
  /** Samples that each position matches, as their indices. */
  readonly #sets: ReadonlySet<number>[] = [];
  /** Following positions, and the number of ways to reach each without another character. */
  readonly #follow: Map<number, number>[] = [];
  readonly #known = new Map<string, ReadonlySet<number>>();

  constructor(readonly samples: readonly string[], readonly flags: string) {}

  add(alternatives: readonly AST.Alternative[]): Fragment {
    const parts = alternatives.map(({ elements }) =>
      elements.map((element) => this.#element(element)).reduce(
        (left, right) => this.#join(left, right),
        EMPTY,
      )
    );
    return {
      nullable: parts.some(({ nullable }) => nullable),
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
    };
  }

  #element(element: AST.Element): Fragment {
    switch (element.type) {
      case "Group":
      case "CapturingGroup":
        return this.add(element.alternatives);
      case "Assertion":
        // Its own text is matched, but what it requires of the text around it is not considered.
        if ("alternatives" in element) this.add(element.alternatives);
        return EMPTY;
      case "Quantifier":
        return this.#repeat(element);
      case "Backreference":
        return EMPTY;
      default:
        return this.#position(element.raw);
    }
  }

  #position(raw: string): Fragment {
    const known = this.#known.get(raw);
    const set = known ?? this.#matching(raw);
    this.#known.set(raw, set);
    const index = this.#sets.push(set) - 1;
    this.#follow.push(new Map());
    return { nullable: false, first: [index], last: [index] };
  }

  #matching(raw: string): ReadonlySet<number> {
    const matcher = new RegExp(`^(?:${raw})$`, this.flags);
    return new Set(this.samples.flatMap((sample, index) => matcher.test(sample) ? [index] : []));
  }

  #repeat({ element, min, max }: AST.Quantifier): Fragment {
    if (max === 0) return EMPTY;
    const part = (): Fragment => this.#element(element);
    if (min === max && min !== Infinity) {
      return Array.from({ length: Math.min(min, MAX_COPIES) }, part).reduce((left, right) =>
        this.#join(left, right)
      );
    }
    if (max >= MANY) {
      const required = Array.from({ length: Math.min(Math.max(min, 1), 3) }, part);
      const last = required.at(-1) ?? EMPTY;
      this.#connect(last.last, last.first);
      const all = required.reduce((left, right) => this.#join(left, right));
      return { ...all, nullable: all.nullable || min === 0 };
    }
    let result = EMPTY;
    for (let index = 0; index < max; index++) {
      const copy = part();
      result = this.#join(result, { ...copy, nullable: copy.nullable || index >= min });
    }
    return result;
  }

  #join(left: Fragment, right: Fragment): Fragment {
    this.#connect(left.last, right.first);
    return {
      nullable: left.nullable && right.nullable,
      first: left.nullable ? [...left.first, ...right.first] : left.first,
      last: right.nullable ? [...left.last, ...right.last] : right.last,
    };
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    for (const start of from) {
      const follow = this.#follow[start];
      for (const end of to) follow?.set(end, (follow.get(end) ?? 0) + 1);
    }
  }

  /** Whether a loop matches a text in two ways, both of which end where they began. */
  isAmbiguous(): boolean {
    const positions = this.#follow.map((_, index) => index);
    const next = (position: number): readonly number[] => [...this.#follow[position]?.keys() ?? []];
    return components(positions, next).some((loop) => this.#isAmbiguousLoop(loop));
  }

  #isAmbiguousLoop(loop: readonly number[]): boolean {
    const inside = new Set(loop);
    const edges = (position: number): readonly (readonly [number, number])[] =>
      [...this.#follow[position] ?? []].filter(([target]) => inside.has(target));
    if (loop.some((position) => edges(position).some(([, ways]) => ways > 1))) return true;
    if (loop.length > MAX_LOOP || loop.length < 2) return false;
    const size = this.#follow.length;
    const pairs = loop.flatMap((left) => loop.map((right) => left * size + right));
    const next = (pair: number): readonly number[] => {
      const right = edges(pair % size);
      return edges(Math.floor(pair / size)).flatMap(([left]) =>
        right.flatMap(([other]) => this.#overlap(left, other) ? [left * size + other] : [])
      );
    };
    const isSame = (pair: number): boolean => Math.floor(pair / size) === pair % size;
    return components(pairs, next).some((component) =>
      component.some(isSame) && component.some((pair) => !isSame(pair))
    );
  }

  #overlap(left: number, right: number): boolean {
    const [one, other] = [this.#sets[left], this.#sets[right]];
    return one !== undefined && other !== undefined && !one.isDisjointFrom(other);
  }
}

/** Returns the strongly connected components of a graph (Tarjan), without recursion. */
function components(
  nodes: readonly number[],
  next: (node: number) => readonly number[],
): readonly (readonly number[])[] {
  const indices = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const stacked = new Set<number>();
  const found: number[][] = [];
  for (const root of nodes) {
    if (indices.has(root)) continue;
    const work: { node: number; targets: readonly number[]; position: number }[] = [];
    const enter = (node: number): void => {
      indices.set(node, indices.size);
      low.set(node, indices.size - 1);
      stack.push(node);
      stacked.add(node);
      work.push({ node, targets: next(node), position: 0 });
    };
    enter(root);
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { node } = frame;
      const target = frame.targets[frame.position++];
      if (target !== undefined) {
        if (!indices.has(target)) enter(target);
        else if (stacked.has(target)) lower(node, indices.get(target) ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) lower(parent, low.get(node) ?? 0);
      if (low.get(node) !== indices.get(node)) continue;
      const component = stack.splice(stack.lastIndexOf(node));
      for (const member of component) stacked.delete(member);
      found.push(component);
    }
  }
  return found;

  function lower(node: number, value: number): void {
    low.set(node, Math.min(low.get(node) ?? value, value));
  }
}
