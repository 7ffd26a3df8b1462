import { html, raw } from "@hono/hono/html";

/** Content of a page, as by Hono's `html`. */
export type Html = ReturnType<typeof html>;

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.8rem; margin: 1rem 0 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
a { color: light-dark(#0b57d0, #a8c7fa); }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 1rem 0.4rem 0; border-bottom: 1px solid #8888; }
`;

/** Content-Security-Policy of pages by {@link pageLayout}: nothing but their style. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${await hashOf(STYLE)}'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Returns a whole page with a title and a style. Its links are relative, so that any base path works. */
export async function pageLayout(title: string, content: Html): Promise<string> {
  const page = html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>${title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <main>
    ${content}
        </main>
      </body>
    </html>
  `;
  return String(await page);
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
