import { assertEquals, assertThrows } from "@std/assert";
import { InvalidSetting, type Setting } from "./setting.ts";
import {
  booleanSetting,
  choiceSetting,
  durationSetting,
  integerSetting,
  listSetting,
  parseDuration,
  textSetting,
  urlSetting,
} from "./setting_types.ts";

const description = "A setting.";

function reasonOf(setting: Setting<unknown>, text: string): string {
  return assertThrows(() => setting.parse(text), InvalidSetting).message;
}

Deno.test("durationSetting() takes every duration within its bounds, and nothing beyond", () => {
  const free = durationSetting("A", { default: "10s", max: "1m", description });
  assertEquals([free.fallback, free.bounds, free.defaultText], [10_000, "0s to 1m", "10s"]);
  assertEquals(["0s", "1ms", "60s", "1m"].map(free.parse), [0, 1, 60_000, 60_000]);
  assertEquals(reasonOf(free, "60001ms"), "must be at most 1m");
  const bounded = durationSetting("B", { default: "1s", min: "10ms", description });
  assertEquals(["10ms", "24h"].map(bounded.parse), [10, 86_400_000]);
  for (const text of ["9ms", "0s", "86400001ms", "999999999h"]) {
    assertEquals(reasonOf(bounded, text), "must be from 10ms to 24h");
  }
  for (const text of ["10", "1d", "-1s", "1.5s", "1000000000ms", "soon", " 1s"]) {
    assertEquals(reasonOf(bounded, text), 'must be a duration such as "500ms", "10s", "5m" or "24h"');
  }
});

Deno.test("parseDuration() reads every unit", () => {
  assertEquals(["7ms", "7s", "7m", "7h", "7"].map(parseDuration), [7, 7000, 420_000, 25_200_000, undefined]);
});

Deno.test("integerSetting() takes integers within its bounds", () => {
  const setting = integerSetting("A", { min: 0, max: 65_535, default: 8080, description });
  assertEquals([setting.fallback, setting.defaultText, setting.bounds], [8080, "8080", "0 to 65535"]);
  assertEquals(["0", "65535", "007"].map(setting.parse), [0, 65_535, 7]);
  for (const text of ["65536", "-1", "1.5", "1e3", "eighty", "", "1".repeat(16)]) {
    assertEquals(reasonOf(setting, text), "must be an integer from 0 to 65535");
  }
  assertEquals(integerSetting("B", { min: 1, max: 2, description }).fallback, undefined);
});

Deno.test("choiceSetting() and booleanSetting() take words in any case, and synonyms", () => {
  const level = choiceSetting("A", ["info", "warning"], {
    default: "info",
    synonyms: { warn: "warning" },
    description,
  });
  assertEquals(["info", "WARNING", "Warn"].map(level.parse), ["info", "warning", "warning"]);
  assertEquals([level.type, level.fallback], ["info or warning", "info"]);
  assertEquals(reasonOf(level, "loud"), "must be one of info, warning");
  const flag = booleanSetting("B", { default: false, description });
  assertEquals(["true", "FALSE"].map(flag.parse), [true, false]);
  for (const text of ["1", "yes", "on"]) assertEquals(reasonOf(flag, text), "must be true or false");
});

Deno.test("textSetting() and listSetting() take texts, by a pattern if there is one", () => {
  const name = textSetting("A", {
    default: "a",
    pattern: [/^[a-z]+$/, "must consist of letters"],
    description,
  });
  assertEquals([name.parse("abc"), name.fallback], ["abc", "a"]);
  assertEquals(reasonOf(name, "a b"), "must consist of letters");
  const list = listSetting("B", { description });
  assertEquals([list.parse("a, b,"), list.fallback], [["a", "b", ""], []]);
});

Deno.test("urlSetting() takes absolute http and https URLs", () => {
  const setting = urlSetting("A", { description });
  assertEquals(setting.parse("https://api.example/base")?.href, "https://api.example/base");
  for (const text of ["api.example", "ftp://api.example", "https://a/?q", "https://a/#f"]) {
    assertEquals(reasonOf(setting, text), "must be an absolute http or https URL without query and fragment");
  }
  for (const text of ["https://user@a/", "https://user:planted@a/", "https://:planted@a/"]) {
    assertEquals(reasonOf(setting, text), "must not contain a user or password");
  }
});
