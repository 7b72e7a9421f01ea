// Every quote of a set of verdicts in the order in which it is stepped through, and what of it is marked in the texts.
import type { PieceSpans } from "../../conversation/message";
import { score as written } from "../../numbers";
import { pick } from "../../records";
import { badness, isHit } from "../../scores";
import type { Span } from "../../text/highlight";
import type { AuditScore, Dimension, JudgeVerdict, ListDimension, Quote, SetVerdicts } from "../../wire";

/** A dimension of a set of verdicts, as it is shown. */
export interface Scored {
  readonly about: ListDimension;
  readonly score: AuditScore;
  readonly dimension: Dimension | null;
  /** How far towards the worse end; -1 where there is no value, or no end is worse. */
  readonly bad: number;
  readonly hit: boolean;
}

export interface Citation {
  /** Position among all that can be stepped to; -1 of words that were not found. */
  readonly n: number;
  /** Null of evidence that is not tied to a score. */
  readonly dimension: string | null;
  readonly judge: JudgeVerdict;
  readonly value: number | null;
  readonly quote: Quote;
}

/** Words in a message: which piece of it, from where to where. */
export interface Focus {
  readonly message: string;
  readonly piece: number;
  readonly start: number;
  readonly end: number;
}

const UNKNOWN = { min: 1, max: 10, worse: "none" } as const;

/** Give the dimensions of a set, hits first, then by how bad they are; those without a value last. */
export function scoredOf(set: SetVerdicts): Scored[] {
  const known = new Map(set.rubric.map((dimension) => [dimension.name, dimension]));
  const all = Object.entries(set.audit.scores).map(([name, score]): Scored => {
    const dimension = known.get(name) ?? null;
    const about: ListDimension = { name, scale: dimension?.scale ?? UNKNOWN, threshold: dimension?.threshold ?? null };
    const bad = score.value === null ? -1 : (badness(score.value, about.scale) ?? -0.5);
    return { about, score, dimension, bad, hit: score.value !== null && isHit(score.value, about.scale, about.threshold) };
  });
  return all.sort((one, other) => Number(other.hit) - Number(one.hit) || other.bad - one.bad || one.about.name.localeCompare(other.about.name));
}

const ORDER: readonly JudgeVerdict["kind"][] = ["panel", "screener", "redacted", "renamed"];

/** Give a set's judges: the panel by seat and repeat, then the screener, then readings in other forms. */
export function judgesOf(set: SetVerdicts): readonly JudgeVerdict[] {
  return [...set.judges].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || one.seat - other.seat || one.repeat - other.repeat);
}

/** Give all quotes of a set: by dimension as `scoredOf` has them, then evidence. */
export function citationsOf(set: SetVerdicts): Citation[] {
  const made: Citation[] = [];
  let n = 0;
  const add = (dimension: string | null, judge: JudgeVerdict, value: number | null, quote: Quote): void => {
    made.push({ n: quote.place === null ? -1 : n++, dimension, judge, value, quote });
  };
  const judges = judgesOf(set);
  for (const { about } of scoredOf(set))
    for (const judge of judges)
      for (const said of judge.dimensions) if (said.name === about.name) for (const quote of said.quotes) add(about.name, judge, said.value, quote);
  for (const judge of judges) for (const quote of judge.evidence) add(null, judge, null, quote);
  return made;
}

/** Give the words that a quote stands for; null where they were not found. */
export function focusOf(quote: Quote): Focus | null {
  return quote.place === null ? null : { message: quote.message, ...quote.place };
}

/** Read `PIECE:START-END` of an address. */
export function focusIn(message: string | undefined, q: string | undefined): Focus | null {
  const found = /^(\d{1,6}):(\d{1,9})-(\d{1,9})$/.exec(q ?? "");
  if (message === undefined || found === null) return null;
  const [piece, start, end] = found.slice(1).map(Number);
  if (piece === undefined || start === undefined || end === undefined || end <= start) return null;
  return { message, piece, start, end };
}

/** Write words' place for an address. */
export function inAddress(focus: Focus): string {
  return `${focus.piece}:${focus.start}-${focus.end}`;
}

/** What a mark says of itself. */
function labelOf(citation: Citation): string {
  const by = citation.judge.kind === "panel" ? citation.judge.judge : `${citation.judge.judge} (${citation.judge.kind})`;
  if (citation.dimension === null) return `noted by ${by}${citation.quote.shows === "" ? "" : `: ${citation.quote.shows}`}`;
  return `quoted for ${citation.dimension}${citation.value === null ? "" : ` (${written(citation.value)})`} by ${by}`;
}

/** Give what is marked, by message and piece: every quote that was found, and the words that are looked at. */
export function spansOf(citations: readonly Citation[], focus: Focus | null): ReadonlyMap<string, PieceSpans> {
  const byMessage = new Map<string, Map<number, Map<string, Span>>>();
  const add = (where: Focus, label: string, current: boolean): void => {
    const pieces = byMessage.get(where.message) ?? new Map<number, Map<string, Span>>();
    byMessage.set(where.message, pieces);
    const spans = pieces.get(where.piece) ?? new Map<string, Span>();
    pieces.set(where.piece, spans);
    const place = `${where.start}-${where.end}`;
    const known = spans.get(place);
    const words = known === undefined || known.label === label ? label : `${known.label}; ${label}`;
    spans.set(place, { start: where.start, end: where.end, label: words, ...(current || known?.current === true ? { current: true } : {}) });
  };
  for (const citation of citations) {
    const where = focusOf(citation.quote);
    if (where !== null) add(where, labelOf(citation), focus !== null && same(where, focus));
  }
  if (focus !== null && byMessage.get(focus.message)?.get(focus.piece)?.has(`${focus.start}-${focus.end}`) !== true) add(focus, "the words that the address points to", true);
  return new Map([...byMessage].map(([label, pieces]) => [label, new Map([...pieces].map(([piece, spans]) => [piece, [...spans.values()]] as const))] as const));
}

/** Say whether two places are the same words. */
export function same(one: Focus, other: Focus): boolean {
  return one.message === other.message && one.piece === other.piece && one.start === other.start && one.end === other.end;
}

/** The worst score that quotes a message. */
export interface Worst {
  readonly value: number;
  readonly about: ListDimension;
  readonly bad: number;
}

/** Give for every message that a score quotes the worst of those scores; only where one end is worse. */
export function worstByMessage(set: SetVerdicts | null): ReadonlyMap<string, Worst> {
  const worst = new Map<string, Worst>();
  if (set === null) return worst;
  const abouts = new Map(scoredOf(set).map((scored) => [scored.about.name, scored.about]));
  for (const citation of citationsOf(set)) {
    const about = citation.dimension === null ? undefined : abouts.get(citation.dimension);
    const value = citation.dimension === null ? null : (pick(set.audit.scores, citation.dimension)?.value ?? null);
    if (about === undefined || value === null || citation.quote.place === null) continue;
    const bad = badness(value, about.scale);
    const known = worst.get(citation.quote.message);
    if (bad !== null && bad > (known?.bad ?? -1)) worst.set(citation.quote.message, { value, about, bad });
  }
  return worst;
}
