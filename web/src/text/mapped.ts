// Texts that were cut out of a source, and where each unit of them stands in it.

/**
 * A stretch of text to be shown. `exact`: the source has it letter by letter from `start` to `end`. `decoded`: that stretch
 * of the source stands for it as a whole, such as an entity. `blank`: white space that the source has otherwise.
 */
export interface Leaf {
  readonly kind: "exact" | "decoded" | "blank";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Run {
  /** Where it begins in the cut-out text, and how long it is there. */
  readonly at: number;
  readonly length: number;
  /** Where it begins in the source, and how long it is there. */
  readonly source: number;
  readonly width: number;
  readonly kind: Leaf["kind"];
}

/** Thrown where a text cannot be traced to its source letter by letter; it is shown plain then. */
export class Untraceable extends Error {}

const LEADING_TAB = /\r\n?|^[ \t]*\t[ \t]*/gm;
const TAB_STOP = 4;

/** Text with the place in the source of each of its UTF-16 units. */
export class Mapped {
  private constructor(
    readonly text: string,
    private readonly runs: readonly Run[],
    private readonly offset: number,
  ) {}

  /** Give a source with its line ends as line feeds and its indentation as spaces. */
  static of(source: string): Mapped {
    const runs: Run[] = [];
    const parts: string[] = [];
    let length = 0;
    const add = (text: string, from: number, width: number, kind: Leaf["kind"]): void => {
      if (text === "") return;
      runs.push({ at: length, length: text.length, source: from, width, kind });
      parts.push(text);
      length += text.length;
    };
    let done = 0;
    for (const found of source.matchAll(LEADING_TAB)) {
      add(source.slice(done, found.index), done, found.index - done, "exact");
      done = found.index + found[0].length;
      const text = found[0].startsWith("\r") ? "\n" : expanded(found[0]);
      add(text, found.index, found[0].length, "blank");
    }
    add(source.slice(done), done, source.length - done, "exact");
    return new Mapped(parts.join(""), runs, 0);
  }

  /** Give parts as one text, which need not stand beside each other in the source. */
  static joined(parts: readonly Mapped[]): Mapped {
    const runs: Run[] = [];
    let length = 0;
    for (const part of parts) {
      part.copy(0, part.text.length, length, runs);
      length += part.text.length;
    }
    return new Mapped(parts.map((part) => part.text).join(""), runs, 0);
  }

  slice(start: number, end: number): Mapped {
    return new Mapped(this.text.slice(start, end), this.runs, this.offset + start);
  }

  /** Give the stretches to show for a part of the text, one for each stretch of the source. */
  leaves(start = 0, end = this.text.length): Leaf[] {
    return this.pieces(start, end).map((piece) => ({
      kind: piece.kind,
      text: this.text.slice(piece.at, piece.at + piece.length),
      start: piece.source,
      end: piece.source + piece.width,
    }));
  }

  /** Give a part of the text, all of which stands for `text`. */
  decoded(start: number, end: number, text: string): Leaf {
    const pieces = this.pieces(start, end);
    const first = pieces[0];
    const last = pieces[pieces.length - 1];
    if (first === undefined || last === undefined) throw new Untraceable("nothing to decode");
    return { kind: "decoded", text, start: first.source, end: last.source + last.width };
  }

  /** Give the places in the source of the first unit and after the last one. */
  span(start = 0, end = this.text.length): readonly [number, number] {
    const leaf = this.decoded(start, end, "");
    return [leaf.start, leaf.end];
  }

  /**
   * Give a text of which every line is the end of the line of this text, such as what a quotation or a list item holds.
   * Indentation may differ.
   */
  within(text: string, from = 0): Mapped {
    const runs: Run[] = [];
    let here = from;
    let at = 0;
    for (const line of text.split("\n")) {
      if (here > this.text.length) throw new Untraceable("more lines than there are");
      const stop = this.text.indexOf("\n", here);
      const end = stop < 0 ? this.text.length : stop;
      this.lineWithin(line, here, end, at, runs);
      at += line.length;
      if (at < text.length && stop >= 0) this.copy(stop, stop + 1, at, runs);
      at += 1;
      here = end + 1;
    }
    return new Mapped(text, runs, 0);
  }

  private lineWithin(line: string, start: number, end: number, at: number, runs: Run[]): void {
    const indent = line.length - line.replace(/^[ \t]+/, "").length;
    const core = line.slice(indent).replace(/[ \t]+$/, "");
    const whole = this.text.slice(start, end);
    const trimmed = whole.replace(/[ \t]+$/, "");
    if (!trimmed.endsWith(core)) throw new Untraceable("a line that is not the end of its line");
    const place = start + trimmed.length - core.length;
    const tail = line.length - indent - core.length;
    if (tail > whole.length - trimmed.length) throw new Untraceable("white space that is not there");
    const room = trimmed.length - core.length;
    const before = trimmed.slice(0, room);
    const own = Math.min(indent, before.length - before.replace(/ +$/, "").length);
    if (indent > own) {
      const source = this.edge(place - own);
      runs.push({ at, length: indent - own, source, width: 0, kind: "blank" });
    }
    this.copy(place - own, place + core.length + tail, at + indent - own, runs);
  }

  /** Add the runs of a part of this text as runs of another, from `at` on. */
  private copy(start: number, end: number, at: number, runs: Run[]): void {
    for (const piece of this.pieces(start, end)) runs.push({ ...piece, at: at + piece.at - start });
  }

  private edge(at: number): number {
    const piece = at < this.text.length ? this.pieces(at, at + 1)[0] : this.pieces(at - 1, at)[0];
    return piece === undefined ? 0 : piece.source;
  }

  /** Cut the runs to a part of the text; `at` counts from the start of this text. */
  private pieces(start: number, end: number): Run[] {
    const cut: Run[] = [];
    for (let index = this.runAt(start + this.offset); index < this.runs.length; index += 1) {
      const run = this.runs[index];
      if (run === undefined) break;
      const from = Math.max(run.at, start + this.offset);
      const to = Math.min(run.at + run.length, end + this.offset);
      if (run.at >= end + this.offset) break;
      if (to <= from) continue;
      const whole = run.kind !== "exact";
      const source = whole ? run.source : run.source + from - run.at;
      const width = whole ? run.width : to - from;
      cut.push({ at: from - this.offset, length: to - from, source, width, kind: run.kind });
    }
    return cut;
  }

  /** Find the last run that begins at or before a place. */
  private runAt(at: number): number {
    let low = 0;
    let high = this.runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.runs[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function expanded(indent: string): string {
  let column = 0;
  for (const char of indent) column += char === "\t" ? TAB_STOP - (column % TAB_STOP) : 1;
  return " ".repeat(column);
}
