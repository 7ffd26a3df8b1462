import { assertEquals, assertThrows } from "@std/assert";
import { registerService, unregisterService } from "./register_service.ts";
import { NewError } from "./usage_error.ts";

const NAMES = { module: "zebrasModule", folder: "zebras_service" };
const TYPES = 'import type { ServiceModule } from "@archway/service_kit/service_module.ts";\n';

Deno.test("registerService() adds an import and a name at the end of the list", () => {
  const before = 'import { aModule } from "./a/module.ts";\n' + TYPES;
  const added = `import { zebrasModule } from "./${NAMES.folder}/module.ts";\n`;
  const list = (text: string): string => `export const services: readonly ServiceModule[] = [${text}];\n`;
  const after = before.replace(TYPES, added + TYPES);
  assertEquals(registerService(before + list("aModule"), NAMES), after + list("aModule, zebrasModule"));
  assertEquals(
    registerService(before + list("\n  aModule,\n"), NAMES),
    after + list("\n  aModule, zebrasModule"),
  );
  assertEquals(registerService(TYPES + list(""), NAMES), added + TYPES + list("zebrasModule"));
});

Deno.test("registerService() refuses a list that it does not find, and a service that is in it", () => {
  assertThrows(() => registerService("export default [];\n", NAMES), NewError, "no list");
  assertThrows(() => registerService("const zebrasModule = 1;\n", NAMES), NewError, "zebrasModule already");
});

Deno.test("unregisterService() removes an import and a name, wherever it is in a list of one or several lines", () => {
  const line = (name: string): string => `import { ${name}Module } from "./${name}_service/module.ts";\n`;
  const several = (names: readonly string[]): string =>
    `export const services = [\n${names.map((name) => `  ${name}Module,\n`).join("")}];\n`;
  const one = (names: readonly string[]): string =>
    `export const services = [${names.map((name) => `${name}Module`).join(", ")}];\n`;
  const all = ["a", "b", "ab"];
  for (const list of [one, several]) {
    const text = (names: readonly string[]): string => names.map(line).join("") + TYPES + list(names);
    for (const name of all) {
      assertEquals(
        unregisterService(text(all), `${name}Module`),
        text(all.filter((other) => other !== name)),
      );
    }
    assertEquals(unregisterService(text(["a"]), "aModule"), TYPES + one([]));
  }
});
