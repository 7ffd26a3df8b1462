const TYPE = "(?:string|number|integer|boolean|array|object|null)";
const UNION = new RegExp(`(message:"must be )(${TYPE}(?:,${TYPE})+)"`, "g");

/** Ajv says "must be string,null"; the clients of an API are told "must be string or null". */
export function plainMessages(code: string): string {
  return code.replaceAll(UNION, (_, start: string, types: string) => {
    const names = types.split(",");
    const last = names.pop() ?? "";
    return `${start}${names.join(", ")} or ${last}"`;
  });
}
