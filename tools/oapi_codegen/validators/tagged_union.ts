import { _, type Code, type CodeKeywordDefinition, type KeywordCxt, Name } from "ajv/dist/2020.js";
import { or } from "ajv/dist/compile/codegen/index.js";
import { alwaysValidSchema } from "ajv/dist/compile/util.js";

/** Union whose errors are those of the alternative that a property selects. */
export interface TaggedUnion {
  readonly propertyName: string;
  /** Values of the property by the index of the alternative; none if it has no such property, as null. */
  readonly values: readonly (readonly string[])[];
  /** Whether several alternatives may match, as in `anyOf`. */
  readonly isOpen: boolean;
  /** Whether each alternative is an object that requires one of its values, so that no other one can match. */
  readonly isExact: boolean;
}

/**
 * Judges the alternatives of `oneOf` as usual, since a discriminator is an annotation. If none matches, only the errors of
 * the one that the property selects are reported, instead of those of all. The library's own keyword of this name has
 * a verdict of its own.
 */
export const DISCRIMINATOR: CodeKeywordDefinition = {
  keyword: "discriminator",
  schemaType: "object",
  trackErrors: true,
  error: {
    message: ({ params: { reason } }) => _`${reason}`,
    params: ({ params: { propertyName } }) => _`{tag: ${propertyName}}`,
  },
  code(context: KeywordCxt): void {
    const { gen, data } = context;
    const { propertyName, isOpen, isExact }: TaggedUnion = context.schema;
    const report = (reason: string): void => context.error(true, { propertyName, reason: _`${reason}` });
    if (isExact) {
      gen.if(isObject(data), () => validateSelected(context, report), () => report("must be an object"));
      return;
    }
    const count = matchingCount(context);
    gen.if(isOpen ? _`${count} > 0` : _`${count} === 1`, () => context.reset(), () => {
      gen.if(_`${count} > 1`, () => {
        context.reset();
        report("must match exactly one of the documented schemas");
      });
      // Any other value has the errors of all alternatives.
      gen.if(_`${count} === 0 && ${isObject(data)}`, () => {
        context.reset();
        validateSelected(context, report);
      });
    });
  },
};

function isObject(data: Name): Code {
  return _`${data} && typeof ${data} === "object" && !Array.isArray(${data})`;
}

/** Adds code that reports the errors of the alternative that the property selects, or that it selects none. */
function validateSelected(context: KeywordCxt, report: (reason: string) => void): void {
  const { gen, data } = context;
  const { propertyName, values, isExact }: TaggedUnion = context.schema;
  const tag = gen.const("tag", _`${data}[${propertyName}]`);
  const valid = gen.name("_valid");
  for (const [index, own] of values.entries()) {
    if (own.length === 0) continue;
    gen.if(or(...own.map((value) => _`${tag} === ${value}`)));
    const inner = context.subschema({ keyword: "oneOf", schemaProp: index }, valid);
    if (isExact) context.mergeEvaluated(inner, Name);
    gen.else();
  }
  report(`must have a property ${JSON.stringify(propertyName)} with one of: ${values.flat().join(", ")}`);
  for (const own of values) if (own.length > 0) gen.endIf();
}

/** Adds code that counts the matching alternatives; their errors are in the list of errors. */
function matchingCount(context: KeywordCxt): Name {
  const { gen, parentSchema, it } = context;
  const alternatives: readonly (boolean | object)[] = parentSchema["oneOf"];
  const count = gen.let("count", 0);
  const valid = gen.name("_valid");
  gen.block(() => {
    for (const [index, alternative] of alternatives.entries()) {
      if (alwaysValidSchema(it, alternative)) {
        gen.code(_`${count}++`);
        continue;
      }
      const inner = context.subschema({ keyword: "oneOf", schemaProp: index, compositeRule: true }, valid);
      gen.if(valid, () => {
        gen.code(_`${count}++`);
        context.mergeEvaluated(inner, Name);
      });
    }
  });
  return count;
}
