import { assertEquals, assertRejects } from "@std/assert";
import { CommandError } from "@archway/service_kit/command.ts";
import { spool } from "./spool.ts";

Deno.test("spool() passes a text on after its function has completed, through a file if it is long", async () => {
  const directory = await Deno.makeTempDir({ prefix: "archway_spool_" });
  try {
    for (const memory of [0, 7, 10_000]) {
      const written: string[] = [];
      const text = "é∑𝄞,".repeat(20_000 / (memory + 1));
      const result = await spool({
        directory,
        memory,
        write: (part) => Promise.resolve(void written.push(part)),
        async fill(write): Promise<number> {
          for (let from = 0; from < text.length; from += 5) await write(text.slice(from, from + 5));
          assertEquals(written, []);
          return 7;
        },
      });
      assertEquals([result, written.join("")], [7, text]);
    }
    assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("spool() passes nothing on if its function fails", async () => {
  const written: string[] = [];
  const run = (): Promise<void> =>
    spool({
      directory: undefined,
      write: (part) => Promise.resolve(void written.push(part)),
      async fill(write): Promise<void> {
        await write("half");
        throw new CommandError("no data");
      },
    });
  await assertRejects(run, CommandError, "no data");
  assertEquals(written, []);
});
