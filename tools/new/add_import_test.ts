import { assertEquals } from "@std/assert";
import { addImport } from "./add_import.ts";

const TEXT = `import type { A } from "./a.ts";
import { b, type C } from "./b.ts";
import {
  long,
  names,
} from "./long.ts";

const x = 1;
`;

Deno.test("addImport() extends an import, or adds one after all others", () => {
  assertEquals(addImport(TEXT, "b", "./b.ts"), TEXT);
  assertEquals(addImport(TEXT, "type A", "./a.ts"), TEXT);
  assertEquals(addImport(TEXT, "type B", "./a.ts"), TEXT.replace("{ A }", "{ A, B }"));
  assertEquals(addImport(TEXT, "B", "./a.ts"), TEXT.replace("type { A }", "{ type A, B }"));
  assertEquals(addImport(TEXT, "type D", "./b.ts"), TEXT.replace("type C }", "type C, type D }"));
  assertEquals(addImport(TEXT, "more", "./long.ts"), TEXT.replace("names,\n}", "names, more }"));
  const added = 'import type { N } from "@x/n.ts";\n';
  assertEquals(addImport(TEXT, "type N", "@x/n.ts"), TEXT.replace("\n\nconst", `\n${added}\nconst`));
  const own = 'import { z } from "./z.ts";\n';
  assertEquals(addImport(`${added}${own}`, "m", "@x/m.ts"), `${added}import { m } from "@x/m.ts";\n${own}`);
  assertEquals(addImport("const y = 1;\n", "type N", "@x/n.ts"), `${added}const y = 1;\n`);
});
