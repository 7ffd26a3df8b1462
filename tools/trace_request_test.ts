import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { traceRequests } from "./trace_request.ts";

/** Program of four files: requests run three of them, a timer the fourth. */
const PROGRAM: Readonly<Record<string, string>> = {
  "deno.json": '{ "permissions": { "default": { "net": true } } }',
  "main.ts": `
    import { handleGet } from "./get.ts";
    import { handleChange } from "./change.ts";
    import { tick } from "./timer.ts";
    setInterval(tick, 1);
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, function handle(request) {
      return request.method === "GET" ? handleGet() : handleChange(request);
    });
    function onListen({ port }: Deno.NetAddr): void {
      console.log(JSON.stringify({ url: \`http://127.0.0.1:\${port}\` }));
    }
  `,
  "get.ts": 'export function handleGet(): Response { return new Response("{}"); }',
  "change.ts": `
    export async function handleChange(request: Request): Promise<Response> {
      await request.text();
      return new Response("{}", { headers: { Location: "/v1/profiles/1", ETag: '"1"' } });
    }
  `,
  "timer.ts": "export function tick(): void {}",
};

Deno.test("traceRequests() lists the files that run during each request, without those of timers", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_trace_test_" });
  try {
    for (const [name, text] of Object.entries(PROGRAM)) await Deno.writeTextFile(join(folder, name), text);
    const { get, patch } = await traceRequests(folder);
    assertEquals([...get], [["get.ts", ["handleGet"]], ["main.ts", ["handle"]]]);
    assertEquals([...patch.keys()], ["change.ts", "main.ts"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
