/** Words chosen without a mouse: sentences of a text, one after the other. Pure. */

/** From where to where, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: "sentence" });

/** Every sentence that has a word in it, without the white space around it. A line end ends a sentence. */
export function sentences(text: string): readonly Range[] {
  const found: Range[] = [];
  for (const { segment, index } of SEGMENTER.segment(text)) {
    let at = index;
    for (const line of segment.split(/(?<=\n)/u)) {
      const trimmed = line.trim();
      const start = at + line.indexOf(trimmed);
      if (/[\p{L}\p{N}]/u.test(trimmed)) found.push({ start, end: start + trimmed.length });
      at += line.length;
    }
  }
  return found;
}

/** A choice of sentences: from `anchor` to `head`, both among them. */
export interface Choice {
  readonly anchor: number;
  readonly head: number;
}

/** Move to the next or previous sentence, or with `extend` take it in or leave it out. */
export function moved(choice: Choice, by: 1 | -1, extend: boolean, count: number): Choice {
  const head = Math.min(count - 1, Math.max(0, choice.head + by));
  return { anchor: extend ? choice.anchor : head, head };
}

/** All that is chosen, as one range; null where there are no sentences. */
export function chosen(choice: Choice, all: readonly Range[]): Range | null {
  const first = all[Math.min(choice.anchor, choice.head)];
  const last = all[Math.max(choice.anchor, choice.head)];
  return first === undefined || last === undefined ? null : { start: first.start, end: last.end };
}
