import { _, type Ajv2020, type CodeKeywordDefinition, type KeywordCxt, Name, str } from "ajv/dist/2020.js";
import { not } from "ajv/dist/compile/codegen/index.js";
import { alwaysValidSchema, Type } from "ajv/dist/compile/util.js";
import contains from "ajv/dist/vocabularies/applicator/contains.js";
import { int64Reason } from "./runtime/int64.js";
import { DISCRIMINATOR } from "./tagged_union.ts";
import { isMultipleOf } from "./runtime/multiple_of.js";
import { equalItems } from "./runtime/unique_items.js";

/** Keyword of a pattern that is valid only without the `u` flag. */
export const PATTERN_FLAGS = "x-pattern-flags";

/** Adds keywords of our own to a compiler, and replaces some of its own. */
export function addKeywords(ajv: Ajv2020): void {
  ajv.addVocabulary(["x-pattern-message", PATTERN_FLAGS]);
  for (const definition of [PATTERN, MULTIPLE_OF, UNIQUE_ITEMS, CONTAINS, UNEVALUATED_ITEMS, DISCRIMINATOR]) {
    ajv.removeKeyword(String(definition.keyword));
    ajv.addKeyword(definition);
  }
  ajv.addKeyword(IS_FILE);
  ajv.addKeyword(INT64);
}

const PATTERN: CodeKeywordDefinition = {
  keyword: "pattern",
  type: "string",
  schemaType: "string",
  error: {
    message: ({ parentSchema, schemaCode }) => {
      const text: unknown = parentSchema?.["x-pattern-message"];
      return typeof text === "string" ? text : str`must match pattern "${schemaCode}"`;
    },
    params: ({ schemaCode }) => _`{pattern: ${schemaCode}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, parentSchema, data } = context;
    const pattern = String(context.schema);
    const flags = parentSchema[PATTERN_FLAGS] === "" ? "" : "u";
    const ref = new RegExp(pattern, flags);
    const code = _`new RegExp(${pattern}, ${flags})`;
    const regExp = gen.scopeValue("pattern", { key: ref.toString(), ref, code });
    const { maxLength } = parentSchema;
    // A text that is too long has its own error, and would only cost time. A character is at most two code units.
    const isShort = typeof maxLength === "number" ? _`${data}.length <= ${2 * maxLength} && ` : _``;
    context.fail(_`${isShort}!${regExp}.test(${data})`);
  },
};

/** The library's own keyword divides, so that 4.35 is no multiple of 0.01. */
const MULTIPLE_OF: CodeKeywordDefinition = {
  keyword: "multipleOf",
  type: "number",
  schemaType: "number",
  error: {
    message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
    params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, data, schema } = context;
    const code = _`require("archway/multiple_of").default`;
    const test = gen.scopeValue("func", { ref: isMultipleOf, code });
    context.fail(_`!${test}(${data}, ${schema})`);
  },
};

/** The library's own keyword compares each item with each other one. */
const UNIQUE_ITEMS: CodeKeywordDefinition = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: {
    message: ({ params: { i, j } }) =>
      str`must NOT have duplicate items (items ## ${j} and ${i} are identical)`,
    params: ({ params: { i, j } }) => _`{i: ${i}, j: ${j}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, data, schema } = context;
    if (schema !== true) return;
    const code = _`require("archway/unique_items").equalItems`;
    const find = gen.scopeValue("func", { ref: equalItems, code });
    const equal = gen.const("equal", _`${find}(${data})`);
    context.setParams({ i: _`${equal}[0]`, j: _`${equal}[1]` });
    context.fail(_`${equal} !== undefined`);
  },
};

/** The library's own keyword counts all items as evaluated, not only those that match. */
const CONTAINS: CodeKeywordDefinition = {
  ...contains.default,
  code(context: KeywordCxt, ruleType?: string): void {
    const { it } = context;
    const before = it.items;
    contains.default.code(context, ruleType);
    if (before === undefined) delete it.items;
    else it.items = before;
  },
};

/** The library's own keyword does not know items that are evaluated in one branch alone. */
const UNEVALUATED_ITEMS: CodeKeywordDefinition = {
  keyword: "unevaluatedItems",
  type: "array",
  schemaType: ["boolean", "object"],
  error: {
    message: ({ params: { len } }) => str`must NOT have more than ${len} items`,
    params: ({ params: { len } }) => _`{limit: ${len}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, schema, data, it } = context;
    const items = it.items ?? 0;
    if (items === true) return;
    const length = gen.const("len", _`${data}.length`);
    const from = items instanceof Name
      ? gen.const("from", _`${items} === true ? ${length} : ${items} || 0`)
      : items;
    if (schema === false) {
      context.setParams({ len: from });
      context.fail(_`${length} > ${from}`);
    } else if (typeof schema === "object" && !alwaysValidSchema(it, schema)) {
      const valid = gen.var("valid", _`${length} <= ${from}`);
      gen.if(not(valid), () =>
        gen.forRange("i", from, length, (index) => {
          const keyword = "unevaluatedItems";
          context.subschema({ keyword, dataProp: index, dataPropType: Type.Num }, valid);
          if (!it.allErrors) gen.if(not(valid), () => gen.break());
        }));
      context.ok(valid);
    }
    it.items = true;
  },
};

const INT64: CodeKeywordDefinition = {
  keyword: "int64",
  schemaType: "object",
  error: { message: ({ params: { reason } }) => _`${reason}` },
  code(context: KeywordCxt): void {
    const { gen, data, schemaCode, it } = context;
    const check = gen.scopeValue("func", { ref: int64Reason, code: _`require("archway/int64").int64Reason` });
    const place = _`${it.parentData}, ${it.parentDataProperty}`;
    const reason = gen.const("reason", _`${check}(${data}, ${schemaCode}, ${place})`);
    context.setParams({ reason });
    context.fail(_`${reason} !== ""`);
  },
};

const IS_FILE: CodeKeywordDefinition = {
  keyword: "isFile",
  schemaType: "boolean",
  error: { message: "must be a file" },
  code(context: KeywordCxt): void {
    context.fail(_`!(${context.data} instanceof File)`);
  },
};
