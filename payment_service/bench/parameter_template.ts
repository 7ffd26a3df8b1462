/** Texts by name. */
export type NamedTexts = Readonly<Record<string, string>>;

/**
 * Returns a function that binds recorded parameters to other values. It replaces every recorded value, alone or inside
 * a list or JSON, by the value of the same name.
 *
 * @param recorded Values by name; none is a substring of another one.
 */
export function parameterTemplate<Names extends NamedTexts>(
  parameters: readonly (string | null)[],
  recorded: Names,
): (values: Readonly<Record<keyof Names, string>>) => (string | null)[] {
  const names = new Map(Object.entries(recorded).map(([name, value]) => [value, name]));
  const recordedValue = new RegExp(`(${[...names.keys()].map(RegExp.escape).join("|")})`);
  const templates = parameters.map((parameter) =>
    parameter?.split(recordedValue).map((text) => ({ text, name: names.get(text) })) ?? null
  );
  return (values: NamedTexts) =>
    templates.map((parts) =>
      parts && parts.map(({ text, name }) => name === undefined ? text : values[name]).join("")
    );
}
