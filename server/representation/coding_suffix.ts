/**
 * Suffix of the opaque value of a compressed representation's tag: a strong tag identifies exact bytes, so that those of
 * the two differ.
 */
const TAG_SUFFIX = "-gzip";
const TAGGED = /-gzip"/g;

/** Adds the suffix to a tag. */
export function withCoding(tag: string): string {
  return `${tag.slice(0, -1)}${TAG_SUFFIX}"`;
}

/** Removes the suffix of compressed representations from the tags of a conditional header. */
export function withoutCoding(tags: string): string {
  return tags.includes(TAG_SUFFIX) ? tags.replaceAll(TAGGED, '"') : tags;
}
