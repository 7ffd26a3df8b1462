const TYPE = "(?:string|number|integer|boolean|array|object|null)";
const UNION = new RegExp(`(message:"must be )(${TYPE}(?:,${TYPE})+)"`, "g");

/** Replaces Ajv's "must be string,null" with "must be string or null", for clients of an API. */
export function plainMessages(code: string): string {
  return code.replaceAll(UNION, (_, start: string, types: string) => {
    const names = types.split(",");
    const last = names.pop() ?? "";
    return `${start}${names.join(", ")} or ${last}"`;
  });
}
