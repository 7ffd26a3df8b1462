/** Metrics of a process in Prometheus' text format, and its number. */
export interface WorkerMetrics {
  readonly worker: number;
  readonly text: string;
}

interface Family {
  /** Lines with type and help, of the first process that has the family. */
  readonly comments: string[];
  readonly samples: string[];
}

/** Name of a series, its labels if it has any, and the rest of the line. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?( .*)$/;

/** Suffixes of the series of a histogram or summary. */
const SUFFIX = /_(?:bucket|sum|count)$/;

/**
 * Merges the metrics of processes: each family once, and every series with a label `worker`. They are not summed up, as
 * the counters of a process start at zero after a restart, which a query handles for each series, and not for a sum.
 */
export function mergeMetrics(all: readonly WorkerMetrics[]): string {
  const families = new Map<string, Family>();
  const family = (name: string): Family => {
    const known = families.get(name);
    if (known !== undefined) return known;
    const added: Family = { comments: [], samples: [] };
    families.set(name, added);
    return added;
  };
  for (const { worker, text } of all) {
    const described = new Set<string>();
    for (const line of text.split("\n")) {
      const [, comment, name = ""] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (comment !== undefined) {
        const { comments } = family(name);
        if (!comments.some((other) => other.startsWith(`# ${comment} `))) comments.push(line);
        described.add(name);
        continue;
      }
      const [, series, labels, rest] = SAMPLE.exec(line) ?? [];
      if (series === undefined) continue;
      const owner = described.has(series) ? series : series.replace(SUFFIX, "");
      const label = `worker="${worker}"`;
      family(owner).samples.push(`${series}{${labels ? `${labels},${label}` : label}}${rest}`);
    }
  }
  return [...families.values()]
    .flatMap(({ comments, samples }) => samples.length === 0 ? [] : [...comments, ...samples])
    .map((line) => `${line}\n`).join("");
}
