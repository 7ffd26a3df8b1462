import type { Setting } from "@archway/service_kit/setting.ts";

const PRODUCT = /^(?!tools\/|tests\/).*(?<!_test)\.ts$/;
const DEFINITION =
  /\b(?:custom|text|secret|list|integer|duration|choice|boolean|url)Setting(?:<[^(]*>)?\(\s*"(\w+)"/g;

/** Settings and modules of the program. */
export interface ListedSettings {
  readonly settings: readonly Setting<unknown>[];
  /** Names of the modules in services.ts. */
  readonly services: readonly string[];
}

/**
 * Returns a line for every setting that the program defines and the table lacks: it would be read and undocumented. A
 * capability in `platform/` that services.ts does not list is no part of the program.
 */
export function unlistedSettings(
  texts: ReadonlyMap<string, string>,
  { settings, services }: ListedSettings,
): readonly string[] {
  const listed = new Set(settings.map(({ name }) => name));
  const unused = [...texts.keys()].flatMap((path) => {
    const [, name] = /^platform\/(\w+)\/module\.ts$/.exec(path) ?? [];
    return name === undefined || services.includes(name) ? [] : [`platform/${name}/`];
  });
  const product = [...texts].filter(([path]) =>
    PRODUCT.test(path) && !unused.some((folder) => path.startsWith(folder))
  );
  return product.flatMap(([path, text]) =>
    [...text.matchAll(DEFINITION)].map(([, name = ""]) => name).filter((name) => !listed.has(name)).map((
      name,
    ) =>
      `${path}: ${name} is not in the table of settings; add it to a section of platform/config/settings_table.ts, or ` +
      "to `settings` of its module"
    )
  );
}
