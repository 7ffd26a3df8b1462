import { assertEquals, assertRejects } from "@std/assert";
import { ClosedOutputError, notify, print } from "./print.ts";

/** Output that accepts one byte per write, asynchronously. */
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
    return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe"));
  }
}

Deno.test("print() writes texts in order, each as a whole", async () => {
  const output = new SlowOutput();
  notify("Comparing\n", output);
  notify("Swapping\n", output);
  await print(output, "Done\n");
  assertEquals(output.text, "Comparing\nSwapping\nDone\n");
});

Deno.test("print() rejects when the reader has closed the pipe, and notify() ignores it", async () => {
  const output = new ClosedOutput();
  notify("Comparing\n", output);
  await assertRejects(() => print(output, "Done\n"), ClosedOutputError);
});
