/** Returns a name in the form of types: "openAccount" becomes "OpenAccount". */
export function typeName(name: string): string {
  return words(name).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** Returns a name in the form of fields: "Account" becomes "account". */
export function fieldName(name: string): string {
  const text = typeName(name);
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Returns the name of a value of an enum: "partially-refunded" becomes "PARTIALLY_REFUNDED". */
export function enumName(value: string): string {
  const name = value.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  return /^[A-Z_]/.test(name) ? name : `_${name}`;
}

function words(name: string): readonly string[] {
  return name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
}
