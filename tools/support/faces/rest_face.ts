import type { Face, FaceOutcome, OpenFace } from "./face.ts";

/** Returns a face that sends HTTP requests by the documents of some APIs. */
export function restFace(apis: readonly string[]): OpenFace {
  return async (server): Promise<Face> => {
    const routes = new Map<string, { readonly method: string; readonly path: string }>();
    for (const api of apis) {
      const response = await server.fetch(new Request(`http://localhost/openapi/${api}.json`));
      const { paths }: {
        readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
      } = await response.json();
      for (const [path, item] of Object.entries(paths)) {
        for (const [method, { operationId }] of Object.entries(item)) {
          if (operationId !== undefined) routes.set(operationId, { method: method.toUpperCase(), path });
        }
      }
    }
    return {
      name: "REST",
      async call(operationId, { path = {}, query = {}, body, ifMatch, key }, caller): Promise<FaceOutcome> {
        const route = routes.get(operationId);
        if (route === undefined) throw new Error(`No document has ${operationId}`);
        const url = new URL(
          route.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? "")),
          "http://localhost",
        );
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
        const response = await server.fetch(
          new Request(url, {
            method: route.method,
            headers: {
              Authorization: `Bearer ${caller}`,
              ...(body !== undefined && { "Content-Type": "application/json" }),
              ...(ifMatch !== undefined && { "If-Match": ifMatch }),
              ...(key !== undefined && { "Idempotency-Key": key }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          }),
        );
        const text = await response.text();
        const { data, meta, type } = text === "" ? {} : JSON.parse(text);
        if (response.status >= 400) {
          return { problem: `${response.status} ${String(type).split("/").at(-1)}` };
        }
        return {
          data,
          etag: response.headers.get("ETag") ?? undefined,
          next: meta?.nextCursor ?? undefined,
          replayed: response.headers.get("Idempotency-Replayed") === "true",
        };
      },
      async [Symbol.asyncDispose](): Promise<void> {},
    };
  };
}
