import { services } from "../services.ts";
import { serviceFile } from "./support/service_folder.ts";

/** `deno task screenshots`: runs the `e2e/screenshots.ts` of every service, which writes the images of its page in docs. */
for (const service of services) {
  const file = await serviceFile(service, "e2e/screenshots.ts");
  if (file === undefined) continue;
  const { takeScreenshots }: { readonly takeScreenshots: () => Promise<void> } = await import(
    `file://${file}`
  );
  await takeScreenshots();
}
