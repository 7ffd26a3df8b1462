/** What an expression of PromQL asks for. */
export interface PromqlNames {
  readonly metrics: ReadonlySet<string>;
  /** The labels that series are chosen, grouped or joined by. */
  readonly labels: ReadonlySet<string>;
  /** The values that `=` asks for, by label; those with a variable of a dashboard in them are left out. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One token: a string, a duration or another range in brackets, a name, a number, anything else. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|\[[^\]]*\]|\$?[a-zA-Z_][a-zA-Z0-9_:]*|[0-9][0-9.a-z]*|=~|!~|!=|[^\s]/g;
const BEFORE_LABELS = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const WORDS = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan"]);
const NAME = /^[a-zA-Z_]/;

/**
 * Looks for names in an expression of PromQL, as far as dashboards use it (Prometheus, "Querying basics"): a name in
 * front of a parenthesis is a function, one in braces or behind `by` is a label, any other a metric. It is no parser: what
 * is no PromQL at all is for Prometheus to refuse.
 */
export function promqlNames(expression: string): PromqlNames {
  const tokens = [...expression.matchAll(TOKEN)].map(([token, text]) => ({ token, text }));
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const values = new Map<string, Set<string>>();
  // What the names at this place are: of labels until this token comes.
  let until: string | undefined;
  for (const [index, { token }] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === until) until = undefined;
    else if (token === "{") until = "}";
    else if (BEFORE_LABELS.has(token.toLowerCase()) && next?.token === "(") until = ")";
    else if (!NAME.test(token) || WORDS.has(token.toLowerCase())) continue;
    else if (until !== undefined) {
      labels.add(token);
      const value = tokens[index + 2]?.text;
      if (next?.token !== "=" || value === undefined || value.includes("$")) continue;
      values.set(token, (values.get(token) ?? new Set()).add(value));
    } else if (next?.token !== "(" && !isAggregation(tokens, index)) metrics.add(token);
  }
  return { metrics, labels, values };
}

/** Whether what stands here is grouped: `sum by (route) (…)`. */
function isAggregation(tokens: readonly { readonly token: string }[], index: number): boolean {
  return BEFORE_LABELS.has(tokens[index + 1]?.token.toLowerCase() ?? "");
}
