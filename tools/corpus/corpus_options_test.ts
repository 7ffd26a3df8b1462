import { assertEquals, assertThrows } from "@std/assert";
import { CorpusOptionsError, parseCorpusOptions } from "./corpus_options.ts";

Deno.test("parseCorpusOptions() reads the folder and the options in any order", () => {
  assertEquals(parseCorpusOptions(["docs"]), {
    folder: "docs",
    synthetic: [],
    only: undefined,
    json: undefined,
    check: true,
    boot: true,
    serve: false,
  });
  assertEquals(
    parseCorpusOptions(["--no-check", "--only", "pets", "docs", "--json", "a.json", "--no-boot"]),
    {
      folder: "docs",
      synthetic: [],
      only: "pets",
      json: "a.json",
      check: false,
      boot: false,
      serve: false,
    },
  );
  assertEquals(parseCorpusOptions(["docs", "--serve"]).serve, true);
});

Deno.test("parseCorpusOptions() takes numbers of operations in place of a folder", () => {
  const { folder, synthetic } = parseCorpusOptions(["--synthetic", "100,500"]);
  assertEquals([folder, synthetic], [undefined, [100, 500]]);
});

Deno.test("parseCorpusOptions() rejects unknown options, missing values and other than one folder", () => {
  for (
    const args of [[], ["a", "b"], ["a", "--fast"], ["a", "--only"], ["--synthetic", "many"], [
      "a",
      "--synthetic",
      "5",
    ]]
  ) {
    assertThrows(() => parseCorpusOptions(args), CorpusOptionsError, "Usage: deno task corpus <folder>");
  }
});
