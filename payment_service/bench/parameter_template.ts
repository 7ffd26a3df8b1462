/** Texts by name. */
export type NamedTexts = Readonly<Record<string, string>>;

type Part = { readonly text: string } | { readonly name: string };

/**
 * Recorded parameters, to be bound to other values: wherever a recorded value stands, alone or inside of a list or of
 * JSON, the value of the same name comes.
 *
 * @param recorded None is a part of another one.
 */
export function parameterTemplate<Names extends NamedTexts>(
  parameters: readonly (string | null)[],
  recorded: Names,
): (values: Readonly<Record<keyof Names, string>>) => (string | null)[] {
  const templates = parameters.map((parameter) => parameter === null ? null : partsOf(parameter, recorded));
  return (values: NamedTexts) =>
    templates.map((parts) => {
      if (parts === null) return null;
      let text = "";
      for (const part of parts) text += "name" in part ? values[part.name] : part.text;
      return text;
    });
}

function partsOf(text: string, recorded: NamedTexts): readonly Part[] {
  let parts: readonly Part[] = [{ text }];
  for (const [name, value] of Object.entries(recorded)) {
    parts = parts.flatMap((part) => "name" in part ? [part] : split(part.text, { name, value }));
  }
  return parts;
}

function split(
  text: string,
  { name, value }: { readonly name: string; readonly value: string },
): readonly Part[] {
  return text.split(value).flatMap((piece, index): readonly Part[] => {
    const rest = piece === "" ? [] : [{ text: piece }];
    return index === 0 ? rest : [{ name }, ...rest];
  });
}
