import type { CopyPass } from "@archway/db/copy/copy_database.ts";
import { notify } from "./print.ts";
import type { Progress } from "@archway/service_kit/command.ts";
import { showProgress } from "./show_progress.ts";

/** Progress display of a copy, with a bar for each pass. */
export class CopyProgress implements Disposable {
  #shown: Progress | undefined;
  #pass: CopyPass | undefined;
  #rows = 0;
  #total = 0;

  /** Current state, to follow "Stopped". */
  get state(): string {
    const done = `${count(this.#rows)} of ${count(this.#total)} rows`;
    switch (this.#pass) {
      case "copied":
        return `with ${done} copied`;
      case "checked":
        return `with all rows copied and ${done} of the target checked`;
      default:
        return "before copying rows";
    }
  }

  update(pass: CopyPass, rows: number, total: number): void {
    if (pass !== this.#pass) {
      this.end();
      if (total > 0) this.#shown = showProgress({ total, value: rows, things: `rows ${pass}` });
    }
    this.#pass = pass;
    this.#rows = rows;
    this.#total = total;
    this.#shown?.update(rows);
  }

  /** Writes a line between two bars. */
  notify(message: string): void {
    this.end();
    notify(`${message}\n`);
  }

  end(): void {
    this.#shown?.[Symbol.dispose]();
    this.#shown = undefined;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

function count(value: number): string {
  return value.toLocaleString("en");
}
