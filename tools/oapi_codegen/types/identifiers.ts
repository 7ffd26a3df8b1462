/** Whether `text` can be an identifier of generated code. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(text) && !RESERVED.has(text);
}

/** Converts a text to PascalCase: `create-profile` and `application/json` to `CreateProfile` and `ApplicationJson`. */
export function pascalCase(text: string): string {
  return text.replaceAll("*", " Any ").split(/[^A-Za-z0-9]+/).filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** Returns `text` as the key of an object type or literal, quoted if necessary. */
export function propertyKey(text: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(text) ? text : JSON.stringify(text);
}

/** Words that cannot name a type or a constant, and names used by the generated code. */
const RESERVED: ReadonlySet<string> = new Set([
  ...[
    "any",
    "unknown",
    "never",
    "void",
    "null",
    "undefined",
    "string",
    "number",
    "boolean",
    "bigint",
    "symbol",
  ],
  ...[
    "object",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
  ],
  ...["else", "enum", "export", "extends", "false", "finally", "for", "function", "if", "import", "in"],
  ...[
    "instanceof",
    "new",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "while",
  ],
  ...[
    "with",
    "yield",
    "let",
    "static",
    "await",
    "implements",
    "interface",
    "package",
    "private",
    "protected",
  ],
  ...[
    "public",
    "type",
    "arguments",
    "eval",
    "constructor",
    "prototype",
    "toString",
    "valueOf",
    "hasOwnProperty",
  ],
  ...["isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "then", "globalThis", "Record", "Readonly"],
  ...[
    "Omit",
    "WithRequired",
    "OneOf",
    "XOR",
    "paths",
    "webhooks",
    "components",
    "operations",
    "$defs",
    "external",
  ],
  ...["abstract", "as", "asserts", "async", "declare", "from", "get", "global", "infer", "intrinsic", "is"],
  ...["keyof", "module", "namespace", "of", "out", "readonly", "satisfies", "set", "unique", "using"],
  ...["runtime", "validators", "spec", "routes", "operationDescriptors", "bind", "StrictServerInterface"],
]);
