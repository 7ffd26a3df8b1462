import { assertEquals } from "@std/assert";
import { HANDOVER_LINE, openWorkerLink, readyLine, STOP_LINE, type StopReason } from "./worker_link.ts";

function inputOf(...pieces: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(pieces.map((piece) => new TextEncoder().encode(piece)));
}

/** Returns the reason for a stop; undefined if there is none by the end of the input. */
async function reasonOf(...pieces: readonly string[]): Promise<StopReason | undefined> {
  const { stopped } = openWorkerLink(inputOf(...pieces));
  return await Promise.race([
    stopped,
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 50)),
  ]);
}

Deno.test("openWorkerLink() stops for a successor, and when the supervisor ends without a signal", async () => {
  assertEquals(await reasonOf("ready 1 2\n", `${HANDOVER_LINE}\n`), "handover");
  assertEquals(await reasonOf("hand", "over\nready 1 2\n"), "handover");
  assertEquals(await reasonOf("ready 1 2\n"), "orphaned");
  assertEquals(await reasonOf(), "orphaned");
  // The signal follows.
  assertEquals(await reasonOf(`${STOP_LINE}\n`), undefined);
  const failing = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("The pipe is broken")),
  });
  assertEquals(await openWorkerLink(failing).stopped, "orphaned");
});

Deno.test("openWorkerLink() degrades the service while processes are missing", async () => {
  const checks = async (line: string): Promise<unknown> => {
    const { stopped, readiness } = openWorkerLink(inputOf(`${line}\n`));
    await stopped;
    return await readiness();
  };
  assertEquals(await checks(readyLine(2, 2)), [{ name: "workers", status: "ok" }]);
  // During a replacement there is one more.
  assertEquals(await checks(readyLine(3, 2)), [{ name: "workers", status: "ok" }]);
  assertEquals(await checks(readyLine(1, 2)), [
    { name: "workers", status: "degraded", reason: "1 of 2 processes are ready" },
  ]);
  assertEquals(await checks("unknown"), [{ name: "workers", status: "ok" }]);
});
