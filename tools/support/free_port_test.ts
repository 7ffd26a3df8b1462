import { assertEquals } from "@std/assert";
import { freePort } from "./free_port.ts";

Deno.test("freePort() returns no port twice, nor one that another thread has got", async () => {
  const module = JSON.stringify(import.meta.resolve("./free_port.ts"));
  const source = `import { freePort } from ${module};
    self.postMessage(Array.from({ length: 200 }, () => freePort()));`;
  const threads = [1, 2].map(() =>
    new Worker(`data:text/typescript,${encodeURIComponent(source)}`, { type: "module" })
  );
  const others = await Promise.all(
    threads.map((thread) =>
      new Promise<readonly number[]>((resolve, reject) => {
        thread.onmessage = ({ data }): void => resolve(data);
        thread.onerror = reject;
      })
    ),
  );
  for (const thread of threads) thread.terminate();
  const ports = [...others.flat(), ...Array.from({ length: 200 }, () => freePort())];
  assertEquals(new Set(ports).size, 600);
});
