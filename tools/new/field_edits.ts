import { addImport } from "./add_import.ts";
import { EditedText } from "./edit_text.ts";
import { type Field, propertiesOf } from "./field.ts";
import { declarations, enumType, fromJsonMembers, normalized, ruleOf, toJsonMember } from "./field_code.ts";
import { literal, samplesOf } from "./field_samples.ts";
import { fieldSchema, schemaName } from "./field_schema.ts";
import { columnsOf, constraintsOf } from "./field_sql.ts";
import type { ServiceNames } from "./names.ts";
import { RULE_FUNCTIONS } from "./templates/domain.ts";

/** A field of a service that exists. */
export interface NewField {
  readonly names: ServiceNames;
  readonly field: Field;
}

/** Edits of the files of a service that add a field, by path. */
export function fieldEdits({ names, field }: NewField): ReadonlyMap<string, (text: EditedText) => void> {
  const { plural, singular: { snake, camel, pascal }, folder } = names;
  const { json: [first, second], domain } = samplesOf(field);
  const member = (value: unknown): string => `, ${field.name.camel}: ${literal(value)}`;
  return new Map([
    [`oapi/${plural.kebab}-api-spec.yaml`, (file) => editDocument(file, { names, field })],
    [`${folder}/domain/${snake}.ts`, (file) => editDomain(file, { names, field })],
    [`${folder}/http/${snake}_dto.ts`, (file) => {
      file.insert(
        new RegExp(`()^ {4}createdAt: ${camel}\\.createdAt,`, "m"),
        `    ${toJsonMember(field, camel)},\n`,
      );
      file.insert(
        new RegExp(`(export function ${camel}Input\\([^]*?\\n {2}return \\{[^]*?),?\\s*\\};\\n\\}`),
        `, ${fromJsonMembers(field).join(", ")}`,
      );
    }],
    [`${folder}/persistence/${snake}_repository.ts`, (file) => {
      const properties = propertiesOf(field).map((property) => `, "${property}"`);
      file.insert(/(const INPUT = \[[^\]]*?),?\s*\] as const/, properties.join(""));
    }],
    [`${folder}/domain/${snake}_test.ts`, (file) => {
      file.insert(
        new RegExp(`(const SAMPLE: ${pascal}Input = \\{[^]*?),?\\s*\\};`),
        `, ${domain.join(", ")}`,
      );
    }],
    [`${folder}/service_test.ts`, (file) => {
      file.insert(/(const FIRST = \{[^]*?),?\s*\};\n/, member(first));
      file.insert(/(const SECOND = \{[^]*?),?\s*\};\n/, member(second));
    }],
  ]);
}

function editDocument(file: EditedText, { names, field }: NewField): void {
  const Type = names.singular.pascal;
  const property = `        ${field.name.camel}: { $ref: "#/components/schemas/${
    schemaName(field, names)
  }" }\n`;
  file.insert(new RegExp(`()^ {4}New${Type}:\\n`, "m"), fieldSchema(field, names));
  file.insert(new RegExp(`()^ {4}${Type}MergePatch:\\n`, "m"), property);
  file.insert(new RegExp(`()^ {4}${Type}:\\n`, "m"), property);
  // The limit of small resources.
  if (field.type.kind === "text" && field.type.max > 1000) {
    file.text = file.text.replaceAll(/^ {6}x-max-body-bytes: 16384\n/gm, "");
  }
  const block = `^ {4}${Type}:\\n(?: {6}.*\\n)*?`;
  file.insert(
    new RegExp(`(${block} {6}required:[^]*?)createdAt,\\s+updatedAt\\b`, "m"),
    `${field.name.camel}, `,
  );
  file.insert(new RegExp(`(${block}) {8}createdAt:`, "m"), property);
}

function editDomain(file: EditedText, { names, field }: NewField): void {
  const Type = names.singular.pascal;
  const own = enumType(field, names);
  if (own !== undefined) {
    file.insert(new RegExp(`()^/\\*\\* [^\\n]* \\*/\\nexport interface ${Type} \\{`, "m"), `${own}\n`);
  }
  file.insert(/()^ {2}\/\*\* Number of the version, from 1/m, `${declarations(field, names).join("\n")}\n`);
  const properties = propertiesOf(field).map((property) => ` | "${property}"`).join("");
  file.insert(new RegExp(`(export type ${Type}Input = Pick<\\s*${Type},[^>]*?),?\\s*>;`), properties);
  const members = `, ${normalized(field).join(", ")}`;
  const rule = ruleOf(field);
  if (rule !== undefined) ensureErrors(file, names);
  if (file.text.includes("const normalized = {")) {
    file.insert(/(const normalized = \{[^]*?),?\s*\};\n\s*const fieldErrors/, members);
  } else {
    file.insert(/(export function normalizeInput\([^]*?return \{[^]*?),?\s*\};\n\}/, members);
  }
  if (rule !== undefined) {
    const push = `fieldErrors.push({ field: "${field.name.camel}", reason: "${rule.reason}" });`;
    file.insert(/()^ {2}if \(fieldErrors\.length > 0\) throw/m, `  if (${rule.isViolated}) { ${push} }\n`);
    const helper = RULE_FUNCTIONS[field.type.kind];
    if (helper !== undefined && !file.text.includes(helper.trim())) file.text += helper;
  }
  if (field.type.kind === "timestamp") {
    const types = "import type { Timestamp } from";
    file.text = file.text.replace(types, "import { microsecondsOf, type Timestamp, timestampOf } from");
  }
}

/** Makes normalizeInput() collect field errors, which it does not without a field that can be invalid. */
function ensureErrors(file: EditedText, { singular: { kebab } }: ServiceNames): void {
  if (file.text.includes("const fieldErrors")) return;
  const body = /(export function normalizeInput\([^]*?\n {2})return (\{[^]*?\};\n)(?=\})/;
  // Only to reject a text that it does not match once.
  file.insert(body, "");
  file.text = file.text.replace(
    body,
    (_, head: string, members: string) =>
      `${head}const normalized = ${members}  const fieldErrors: FieldError[] = [];\n` +
      `  if (fieldErrors.length > 0) throw invalidError("${kebab}", fieldErrors);\n  return normalized;\n`,
  ).replace(
    /\/\*\* Returns the input in stored form\.(.*) \*\/\n/,
    (_, form: string) =>
      `/**\n * Validates the input and returns it in stored form.${form}\n *\n` +
      ` * @throws {DomainError} "invalid-${kebab}", with every violation.\n */\n`,
  );
  const from = "@archway/service_kit/domain_error.ts";
  file.text = addImport(addImport(file.text, "type FieldError", from), "invalidError", from);
}

/** Statements of a migration, and the words of its file name. */
export interface FieldMigration {
  readonly name: string;
  readonly text: string;
}

/** Returns the migrations that add a field: rows are validated in a second one, which does not block writes. */
export function fieldMigrations(
  { names: { plural: { snake: table } }, field }: NewField,
): readonly FieldMigration[] {
  const constraints = constraintsOf(field, table);
  const additions = [
    ...columnsOf(field).map((column) => `  add column ${column}`),
    ...constraints.map((constraint) => `  add ${constraint} not valid`),
  ];
  const drops = columnsOf(field).map((column) => `  drop column ${column.split(" ")[0]}`);
  const add = {
    name: `add_${field.name.snake}_to_${table}`,
    text: `-- migrate:up

set local lock_timeout = '2s';
alter table ${table}
${additions.join(",\n")};

-- migrate:down

set local lock_timeout = '2s';
alter table ${table}
${drops.join(",\n")};
`,
  };
  if (constraints.length === 0) return [add];
  const validations = constraints.map((constraint) => `  validate constraint ${constraint.split(" ")[1]}`);
  const validate = {
    name: `validate_${field.name.snake}_of_${table}`,
    text: `-- migrate:up

alter table ${table}
${validations.join(",\n")};

-- migrate:down

-- Valid constraints can stay.
select 1;
`,
  };
  return [add, validate];
}
