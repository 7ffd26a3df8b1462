import { assertEquals } from "@std/assert";
import { readExported } from "./exported_metrics.ts";

Deno.test("readExported() reads metrics of a project whose name has digits", async () => {
  const text = '# TYPE archway2_up gauge\narchway2_up 1\narchway2_jobs{kind="a.b",p95_of="x"} 2\n';
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    () => new Response(text),
  );
  const exported = await readExported(`http://127.0.0.1:${server.addr.port}/metrics`, ["archway2_jobs"]);
  assertEquals([...exported.keys()], ["archway2_up", "archway2_jobs"]);
  assertEquals([...exported.get("archway2_jobs") ?? []], [
    ["kind", new Set(["a.b"])],
    ["p95_of", new Set(["x"])],
  ]);
});
