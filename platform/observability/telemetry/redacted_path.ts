const ID = /^(?:\d{1,20}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * The path of a request for traces: as it was sent where only ids stand in the places of its template, else with the
 * template's names there. Anything else might be a name or an address. Without a template nothing of it is told.
 */
export function redactedPath(path: string, route: string): string {
  const given = path.split("/");
  return route.split("/").map((part, index) => {
    const text = given[index] ?? "";
    return part === text || ID.test(text) ? text : part;
  }).join("/");
}
