/** Names used in a PromQL expression. */
export interface PromqlNames {
  readonly metrics: ReadonlySet<string>;
  /** Labels that select, group or join series. */
  readonly labels: ReadonlySet<string>;
  /** Values compared with `=` by label, except for those with a variable of a dashboard. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Matches a token: a string, a range in brackets, a name, a number, anything else. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|\[[^\]]*\]|\$?[a-zA-Z_][a-zA-Z0-9_:]*|[0-9][0-9.a-z]*|=~|!~|!=|[^\s]/g;
const BEFORE_LABELS = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);
const WORDS = new Set(["and", "or", "unless", "bool", "offset", "inf", "nan"]);
const NAME = /^[a-zA-Z_]/;

/**
 * Finds the names in a PromQL expression (Prometheus, "Querying basics"). It covers the subset that dashboards use. A
 * name before a parenthesis is a function, one in braces or after `by` a label, any other a metric. It does not
 * validate the expression, which Prometheus does.
 */
export function promqlNames(expression: string): PromqlNames {
  const tokens = [...expression.matchAll(TOKEN)].map(([token, text]) => ({ token, text }));
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const values = new Map<string, Set<string>>();
  // Token until which names are labels.
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

/** Whether a function is an aggregation: `sum by (route) (…)`. */
function isAggregation(tokens: readonly { readonly token: string }[], index: number): boolean {
  return BEFORE_LABELS.has(tokens[index + 1]?.token.toLowerCase() ?? "");
}
