import { assertEquals } from "@std/assert";
import { readExported } from "./exported_metrics.ts";

Deno.test("readExported() reads metrics of a project whose name has digits", async () => {
  const text = '# TYPE zenith3_up gauge\nzenith3_up 1\nzenith3_jobs{kind="a.b",p95_of="x"} 2\n';
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    () => new Response(text),
  );
  const exported = await readExported(`http://127.0.0.1:${server.addr.port}/metrics`, ["zenith3_jobs"]);
  assertEquals([...exported.keys()], ["zenith3_up", "zenith3_jobs"]);
  assertEquals([...exported.get("zenith3_jobs") ?? []], [
    ["kind", new Set(["a.b"])],
    ["p95_of", new Set(["x"])],
  ]);
});
