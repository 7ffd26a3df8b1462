import { assertEquals, assertRejects } from "@std/assert";
import { notify, print } from "./print.ts";

/** Takes a byte at a time, and its time. */
class SlowOutput {
  text = "";

  async write(bytes: Uint8Array): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve));
    this.text += new TextDecoder().decode(bytes.subarray(0, 1));
    return 1;
  }
}

class ClosedOutput {
  write(): Promise<number> {
    return Promise.reject(new Deno.errors.BrokenPipe("Nobody reads"));
  }
}

Deno.test("print() writes one text after the other, each of them whole", async () => {
  const output = new SlowOutput();
  notify("Comparing\n", output);
  notify("Swapping\n", output);
  await print(output, "Done\n");
  assertEquals(output.text, "Comparing\nSwapping\nDone\n");
});

Deno.test("print() rejects where nobody reads, and notify() goes on", async () => {
  const output = new ClosedOutput();
  notify("Comparing\n", output);
  await assertRejects(() => print(output, "Done\n"), Deno.errors.BrokenPipe);
});
