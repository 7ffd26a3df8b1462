/** Returns the column of a property, e.g. "created_at" for "createdAt". */
export function columnName(property: string): string {
  return property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Returns a property as an SQL identifier. */
export function quotedProperty(property: string): string {
  return /^[a-z]+$/.test(property) ? property : `"${property}"`;
}

/**
 * Returns a SELECT or RETURNING list that names columns like the properties of an entity.
 *
 * @param table Table name that qualifies the columns. @default none
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
