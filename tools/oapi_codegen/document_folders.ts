/**
 * Folders of OpenAPI documents with their `cfg.server.<name>.yaml`. Relative to the project's root: the project's own,
 * and that of the service that the platform's tests use.
 */
export const DOCUMENT_FOLDERS: readonly string[] = ["oapi", "tools/support/contact_service/oapi"];
