const ID = /^(?:\d{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * Returns the path of a request for traces. Parameters are preserved if they are ids, and otherwise replaced by their
 * names, as they may be personal data. Without a route, the path is empty.
 */
export function redactedPath(path: string, route: string): string {
  const parts = path.split("/");
  return route.split("/").map((part, index) => {
    const text = parts[index] ?? "";
    return part === text || ID.test(text) ? text : part;
  }).join("/");
}
