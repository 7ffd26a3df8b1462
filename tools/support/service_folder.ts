import { dirname, join } from "node:path";
import { PROJECT_ROOT } from "@archway/program/project.ts";
import type { ServiceModule } from "@archway/service_kit/service_module.ts";

/** Returns the path of a file in the folder of a service; undefined if it does not exist. */
export async function serviceFile(service: ServiceModule, path: string): Promise<string | undefined> {
  const file = join(serviceFolder(service), path);
  try {
    await Deno.lstat(file);
    return file;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns the folder of a service, that of its migrations or the one with its name; capabilities are in the platform. */
function serviceFolder({ name, migrations }: ServiceModule): string {
  if (migrations !== undefined) return dirname(migrations);
  return join(PROJECT_ROOT, name.endsWith("_service") ? name : `platform/${name}`);
}
