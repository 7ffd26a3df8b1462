/** Appends a step to a JSON Pointer (RFC 6901, section 3). */
export function extendPointer(pointer: string, member: string | number): string {
  const text = String(member);
  const escaped = text.includes("~") || text.includes("/")
    ? text.replaceAll("~", "~0").replaceAll("/", "~1")
    : text;
  return `${pointer}/${escaped}`;
}

/** Returns the steps of a JSON Pointer, unescaped. */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer.split("/").slice(1).map(unescaped);
}

/** Returns the last step of a JSON Pointer, unescaped; undefined for the root. */
export function lastStep(pointer: string): string | undefined {
  const slash = pointer.lastIndexOf("/");
  return slash === -1 ? undefined : unescaped(pointer.slice(slash + 1));
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
