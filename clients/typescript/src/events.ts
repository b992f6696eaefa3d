/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html. */

export interface Event {
  data: string;
  /** Milliseconds until the next connection, where the server says so. */
  retry: number | null;
}

/** Texts become events. Lines end with a line feed, and what `id:` has is in the data, too. */
export class EventReader {
  #rest = "";
  #data: string[] = [];
  #retry: number | null = null;

  /** Return the events that are complete with another part of the stream. */
  read(part: string): Event[] {
    const lines = (this.#rest + part).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, "")) ?? []);
  }

  #line(line: string): Event | null {
    if (line) {
      const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (name === "data") this.#data.push(value ?? "");
      else if (name === "retry" && /^\d+$/.test(value ?? "")) this.#retry = Number(value);
      return null;
    }
    const event = { data: this.#data.join("\n"), retry: this.#retry };
    const complete = this.#data.length > 0;
    this.#data = [];
    this.#retry = null;
    return complete ? event : null;
  }
}
