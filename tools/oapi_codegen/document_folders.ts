/**
 * Folders of OpenAPI documents and their `cfg.server.<name>.yaml`, from the root of the project: its own, and that of
 * the service that tests of the platform run on.
 */
export const DOCUMENT_FOLDERS: readonly string[] = ["oapi", "tools/support/contact_service/oapi"];
