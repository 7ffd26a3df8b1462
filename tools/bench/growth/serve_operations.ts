import { pathToFileURL } from "node:url";
import type { Route, StrictResponse } from "@archway/server/operation.ts";
import { createServer } from "@archway/server/server.ts";
import { withApi } from "@archway/server/server_options.ts";

/** Generated module of an API. */
interface Generated {
  readonly operationDescriptors: Readonly<Record<string, unknown>>;
  routes(server: Readonly<Record<string, () => Promise<StrictResponse>>>): readonly Route[];
}

/** Serves generated operations, all of which return the same thing, until the process ends. */
async function serve(file: string): Promise<void> {
  const { operationDescriptors, routes }: Generated = await import(pathToFileURL(file).href);
  const respond = (): Promise<StrictResponse> =>
    Promise.resolve({ status: 200, contentType: "application/json", body: { id: 7, name: "A thing" } });
  const handlers = Object.fromEntries(Object.keys(operationDescriptors).map((id) => [id, respond]));
  const module = { name: "large", document: "{}", problemTypes: [], problemOf: () => undefined };
  const server = createServer("127.0.0.1", 0, withApi({ ...module, routes: routes(handlers) }));
  const { url } = await server.listen();
  await Deno.stdout.write(new TextEncoder().encode(`${url}\n`));
}

if (import.meta.main) await serve(Deno.args[0] ?? "");
