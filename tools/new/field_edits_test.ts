import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { EditedText } from "./edit_text.ts";
import { parseFields } from "./field.ts";
import { fieldEdits, fieldMigrations } from "./field_edits.ts";
import { serviceNames, spellingsOf } from "./names.ts";
import { serviceFiles } from "./service_files.ts";

const CONFIG = join(import.meta.dirname ?? ".", "../../deno.json");
const DOMAIN = "zebras_service/domain/zebra.ts";
const PARENT = {
  ...{ names: spellingsOf("herd"), one: "a herd", folder: "herds_service", module: "herdsModule" },
  ...{ view: "published_herds", path: "/v1/herds", body: { size: 1 }, scopes: ["herds:write"] },
};
const NAMES = serviceNames("zebras");

/** Fields of services: without any that can be invalid, with a parent, and with some. */
const SERVICES = [["price:money"], ["isTame:boolean", "herdId:uuid"], ["name:text", "email:email"]];
const ADDED = [
  "text",
  "text(500)",
  "integer",
  "boolean",
  "date",
  "timestamp",
  "uuid",
  "email",
  "enum(open,paid)",
];

async function deno(args: readonly string[], cwd: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd }).output();
  assertEquals([code, code === 0 ? "" : new TextDecoder().decode(stderr)], [0, ""]);
}

Deno.test("fieldEdits() adds a field of each type to each kind of service, and the result has no type error", async () => {
  const root = await Deno.makeTempDir({ prefix: "archway_fields_" });
  try {
    const path = (index: number, file: string): string => join(root, String(index), file);
    for (const [index, fields] of SERVICES.entries()) {
      const isChild = fields.some((field) => field.startsWith("herdId"));
      const service = { names: NAMES, fields: parseFields(fields), isOwned: true, version: "1" };
      for (const [file, text] of serviceFiles(isChild ? { ...service, parent: PARENT } : service)) {
        await Deno.mkdir(join(path(index, file), ".."), { recursive: true });
        await Deno.writeTextFile(path(index, file), text);
      }
    }
    await deno(["fmt", "-q", "--config", CONFIG, root], root);
    const results: string[] = [];
    for (const index of SERVICES.keys()) {
      for (const [number, type] of ADDED.entries()) {
        const [field] = parseFields([`extra:${type}?`]);
        if (field === undefined) throw new Error("no field");
        for (const [file, edit] of fieldEdits({ names: NAMES, field })) {
          const edited = new EditedText(file, await Deno.readTextFile(path(index, file)));
          const before = edited.text;
          edit(edited);
          assertEquals([type, file, edited.text === before], [type, file, false]);
          if (file !== DOMAIN) continue;
          const result = join(root, `domain_${index}_${number}.ts`);
          await Deno.writeTextFile(result, edited.text);
          results.push(result);
        }
      }
    }
    await deno(["check", "-q", "--config", CONFIG, ...results], root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("fieldMigrations() validates constraints in a file of their own", () => {
  const [text] = parseFields(["extra:text?"]);
  const [plain] = parseFields(["extra:uuid?"]);
  if (text === undefined || plain === undefined) throw new Error("no field");
  const [add, validate, ...more] = fieldMigrations({ names: NAMES, field: text });
  assertEquals([add?.name, validate?.name, more], ["add_extra_to_zebras", "validate_extra_of_zebras", []]);
  assertStringIncludes(add?.text ?? "", "check (char_length(extra) between 1 and 200) not valid;");
  assertStringIncludes(
    validate?.text ?? "",
    "alter table zebras\n  validate constraint zebras_extra_length;",
  );
  assertEquals(fieldMigrations({ names: NAMES, field: plain }).length, 1);
});
