import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** Returns the origin of everything exported: the attributes, and the name and version of the SDK. */
export function programResource(attributes: Readonly<Record<string, string>>): ReadableSpan["resource"] {
  return defaultResource().merge(resourceFromAttributes(attributes));
}
