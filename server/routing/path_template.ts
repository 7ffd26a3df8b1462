const VARIABLE = /\{([^{}]*)\}/g;

/** Gives a function from a path to its variables, as they were sent; undefined for a path of another form. */
export function compilePath(
  template: string,
): (path: string) => Readonly<Record<string, string>> | undefined {
  const names = [...template.matchAll(VARIABLE)].map((match) => match[1] ?? "");
  if (names.length === 0) return () => ({});
  const pattern = new RegExp(`^${template.split(VARIABLE).map(segmentPattern).join("")}$`);
  return function readPath(path): Readonly<Record<string, string>> | undefined {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    const variables: Record<string, string> = {};
    for (let i = 0; i < names.length; i++) variables[names[i] ?? ""] = match[i + 1] ?? "";
    return variables;
  };
}

/** The template in Hono's notation. A variable that is only a part of its segment becomes a pattern. */
export function honoPath(template: string): string {
  return template.split("/").map((segment, index) => {
    if (!segment.includes("{")) return segment;
    if (/^\{[^{}]*\}$/.test(segment)) return `:v${index}`;
    return `:v${index}{${
      segment.split(VARIABLE).map((part, i) => i % 2 === 0 ? escape(part) : "[^/]+").join("")
    }}`;
  }).join("/");
}

/** Orders templates so that the more concrete of two that match one path comes first (OpenAPI 3.1, 4.8.8.1). */
export function byConcreteness(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = vagueness(left[i] ?? "") - vagueness(right[i] ?? "");
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function vagueness(segment: string): number {
  return !segment.includes("{") ? 0 : /^\{[^{}]*\}$/.test(segment) ? 2 : 1;
}

function segmentPattern(part: string, index: number): string {
  return index % 2 === 0 ? escape(part) : "([^/]+)";
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
