import type { Setting } from "@archway/service_kit/setting.ts";

const PRODUCT = /^(?!tools\/|tests\/).*(?<!_test)\.ts$/;
const DEFINITION =
  /\b(?:custom|text|secret|list|integer|duration|choice|boolean|url)Setting(?:<[^(]*>)?\(\s*"(\w+)"/g;

/** Returns a line for every setting that the program defines and the table lacks: it would be read and undocumented. */
export function unlistedSettings(
  texts: ReadonlyMap<string, string>,
  settings: readonly Setting<unknown>[],
): readonly string[] {
  const listed = new Set(settings.map(({ name }) => name));
  return [...texts].filter(([path]) => PRODUCT.test(path)).flatMap(([path, text]) =>
    [...text.matchAll(DEFINITION)].map(([, name = ""]) => name).filter((name) => !listed.has(name)).map((
      name,
    ) =>
      `${path}: ${name} is not in the table of settings; add it to a section of platform/config/settings_table.ts, or ` +
      "to `settings` of its module"
    )
  );
}
