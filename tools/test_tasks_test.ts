import { assertEquals } from "@std/assert";

const config: { readonly tasks: Record<string, { readonly command: string }> } = JSON.parse(
  await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
);

Deno.test("the tasks test, test:slow and test:copies cover all tests together", () => {
  const [, left = ""] = /--ignore=(\S+)$/.exec(config.tasks["test"]?.command ?? "") ?? [];
  const [, slow = ""] = /--parallel (.+)$/.exec(config.tasks["test:slow"]?.command ?? "") ?? [];
  const [, copies = ""] = /-P (.+)$/.exec(config.tasks["test:copies"]?.command ?? "") ?? [];
  const folders = (list: readonly string[]): readonly string[] =>
    list.map((path) => path.replaceAll('"', "").replace(/(?<=e2e)\/\*\*\/\*_test\.ts$/, ""));
  assertEquals(
    folders(left.split(",")).toSorted(),
    [...folders(slow.split(" ")), ...(copies === "" ? [] : [copies])].toSorted(),
  );
});
