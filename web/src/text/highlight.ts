// Stretches of a text to be marked, and the cuts that they make.

/** A stretch of a source, in UTF-16 units from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What it is, in words, for the pointer and for a screen reader. */
  readonly label: string;
  /** The one that is looked at now: it stands out, and the page goes to it. */
  readonly current?: boolean;
  readonly tone?: "quote" | "found" | "changed";
}

/** A part of a text over which the same spans lie. */
export interface Part {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly Span[];
}

/** Cut `[start, end)` wherever a span begins or ends. */
export function split(start: number, end: number, spans: readonly Span[]): Part[] {
  const near = spans.filter((span) => span.start < end && span.end > start && span.end > span.start);
  if (near.length === 0) return [{ start, end, spans: [] }];
  const cuts = new Set([start, end]);
  for (const span of near) for (const cut of [span.start, span.end]) if (cut > start && cut < end) cuts.add(cut);
  const places = [...cuts].sort((one, other) => one - other);
  return places.slice(0, -1).map((from, index) => {
    const to = places[index + 1] ?? end;
    return { start: from, end: to, spans: near.filter((span) => span.start < to && span.end > from) };
  });
}

/** Give every place of a word or phrase in a text, whatever its case, as spans; at most `most` of them. */
export function found(text: string, words: string, label: string, most = 500): Span[] {
  const wanted = words.trim().toLowerCase();
  const all: Span[] = [];
  const low = text.toLowerCase();
  // Some letters have another length in lower case; then places would be wrong, and none are given.
  if (wanted === "" || low.length !== text.length) return all;
  for (let at = low.indexOf(wanted); at >= 0 && all.length < most; at = low.indexOf(wanted, at + wanted.length))
    all.push({ start: at, end: at + wanted.length, label, tone: "found" });
  return all;
}
