import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { parseDocument, type Tags } from "yaml";
import { locateProgram } from "@archway/tools/support/locate_program.ts";

const FOLDER = import.meta.dirname ?? ".";

const terraform = await locateProgram("terraform", "tofu", "hclfmt");
const linter = await locateProgram("cfn-lint");

/** Asserts that a program finds no fault. */
async function assertAccepted(program: string, ...args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd: FOLDER })
    .output();
  const decoder = new TextDecoder();
  assert(success, `${program} ${args.join(" ")}\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

async function read(file: string): Promise<string> {
  return await Deno.readTextFile(join(FOLDER, file));
}

/** Short forms of CloudFormation's functions, which resolve to their argument. */
const TAGS: Tags = ["!Ref", "!Sub", "!GetAtt"].map((tag) => ({
  tag,
  resolve: (argument: string): string => argument,
}));

/** Parameters, resources and environment of the template. */
interface Template {
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Resources: {
    readonly Function: {
      readonly Properties: {
        readonly Runtime: string;
        readonly Handler: string;
        readonly Timeout: number;
        readonly CodeUri: string;
        readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
      };
    };
  };
}

Deno.test("template.yaml is valid YAML that refers to what it declares", async () => {
  const text = await read("template.yaml");
  const document = parseDocument(text, { customTags: TAGS });
  assertEquals([...document.errors, ...document.warnings], []);
  const template: Template = document.toJS();
  const declared = [...Object.keys(template.Parameters), ...Object.keys(template.Resources)];
  const references = [
    ...[...text.matchAll(/!Ref (\w+)/g)].map(([, name]) => name),
    ...[...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name),
  ];
  assert(references.length > 5, "references");
  for (const name of references) assert(declared.includes(name ?? ""), `${name} is not declared`);
  const { Runtime, Handler, Timeout, CodeUri } = template.Resources.Function.Properties;
  assertEquals([Runtime, Handler, CodeUri], ["provided.al2023", "bootstrap", "../../dist/lambda.zip"]);
  assert(Timeout > 25 && Timeout < 30);
});

Deno.test("template.yaml fits the schemas of SAM", { ignore: linter === undefined }, async () => {
  await assertAccepted(linter ?? "", "template.yaml");
});

Deno.test("main.tf has the syntax of Terraform", { ignore: terraform === undefined }, async () => {
  const args = terraform?.endsWith("hclfmt") ? ["-check"] : ["fmt", "-check"];
  await assertAccepted(terraform ?? "", ...args, "main.tf");
});

Deno.test("The examples set variables that the program has", async () => {
  const document = parseDocument(await read("template.yaml"), { customTags: TAGS });
  const template: Template = document.toJS();
  const inTemplate = Object.keys(template.Resources.Function.Properties.Environment.Variables);
  const inTerraform = [...(await read("main.tf")).matchAll(/^ {6}([A-Z][A-Z_]+) += /gm)].map((
    [, name = ""],
  ) => name);
  assert(inTerraform.length > 8);
  const known = await Deno.readTextFile(join(FOLDER, "../../docs/configuration.md"));
  for (const name of [...inTemplate, ...inTerraform]) assertStringIncludes(known, `\`${name}\``);
});

Deno.test("main.tf declares the variables that it uses", async () => {
  const text = await read("main.tf");
  const declared = [...text.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);
  const used = [...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name);
  assertEquals([...new Set(used)].toSorted(), declared.toSorted());
});

Deno.test("bootstrap runs the command lambda of the executable beside it", async () => {
  const text = await read("bootstrap");
  assertStringIncludes(text, 'exec "$LAMBDA_TASK_ROOT/archway" lambda\n');
  const { mode } = await Deno.stat(join(FOLDER, "bootstrap"));
  assert(Deno.build.os === "windows" || ((mode ?? 0) & 0o111) === 0o111);
});
