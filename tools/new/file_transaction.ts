import { dirname, join } from "node:path";

/** Changes of files below a root that are undone together unless they are committed. */
export class FileTransaction implements AsyncDisposable {
  readonly #root: string;
  /** Texts of changed files before. */
  readonly #before = new Map<string, string>();
  /** Paths that did not exist before. */
  readonly #created: string[] = [];
  #isCommitted = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** Notes a file or folder that something else will create. */
  willCreate(path: string): void {
    this.#created.push(path);
  }

  /** Notes the text of a file that will be changed. */
  async willChange(path: string): Promise<string> {
    const text = await Deno.readTextFile(join(this.#root, path));
    if (!this.#before.has(path)) this.#before.set(path, text);
    return text;
  }

  /** Writes a file that must not exist, and its folder. */
  async create(path: string, text: string): Promise<void> {
    await Deno.mkdir(dirname(join(this.#root, path)), { recursive: true });
    await Deno.writeTextFile(join(this.#root, path), text, { createNew: true });
    this.#created.push(path);
  }

  /** Writes a file that exists. */
  async change(path: string, text: string): Promise<void> {
    await this.willChange(path);
    await Deno.writeTextFile(join(this.#root, path), text);
  }

  /** Keeps all changes. */
  commit(): void {
    this.#isCommitted = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isCommitted) return;
    for (const path of this.#created.toReversed()) {
      await Deno.remove(join(this.#root, path), { recursive: true }).catch((error: unknown) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    for (const [path, text] of this.#before) await Deno.writeTextFile(join(this.#root, path), text);
  }
}
