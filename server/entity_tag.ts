/**
 * Entity tags of conditional requests (RFC 9110, sections 8.8.3 and 13.1).
 *
 * @module
 */
export { type EntityTag, parseEntityTags, parseIfMatch } from "./representation/conditional.ts";
