/** The column of a property, e.g. "created_at" of "createdAt". */
export function columnName(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A property as an identifier in SQL. */
export function quotedProperty(property: string): string {
  return /^[a-z]+$/.test(property) ? property : `"${property}"`;
}

/**
 * SELECT or RETURNING list that names columns like the properties of an entity, so that a row is one.
 *
 * @param table Table that the columns are qualified with. @default none
 */
export function selectList<Entity>(
  properties: readonly (keyof Entity & string)[],
  table?: string,
): string {
  const prefix = table === undefined ? "" : `${table}.`;
  return properties.map((property) => {
    const column = columnName(property);
    return `${prefix}${column}${column === property ? "" : ` as "${property}"`}`;
  }).join(", ");
}
