/** How far the queue is done, and which item is at hand. */
import type { AnnotateSession } from "../../wire";

const MODES: Readonly<Record<AnnotateSession["mode"], string>> = {
  random: "in random order",
  stratified: "as many of one kind as of the other",
  disagreement: "drawn where an opinion is wanted most",
  low_confidence: "drawn where an opinion is wanted most",
};

interface Props {
  readonly session: AnnotateSession;
  readonly done: ReadonlySet<string>;
  readonly at: number;
  /** What has become of the draft. */
  readonly keeping: string;
  readonly onChoose: (key: string | undefined) => void;
}

export function Progress({ session, done, at, keeping, onChoose }: Props) {
  const { queue, annotator, mode } = session;
  const stored = queue.filter((key) => done.has(key)).length;
  const [before, after] = [queue[at - 1], queue[at + 1]];
  return (
    <header class="annotate-head">
      <h1>{at < 0 ? "Annotate" : `Item ${at + 1} of ${queue.length}`}</h1>
      <progress class="annotate-progress" max={queue.length} value={stored} aria-label={`${stored} of ${queue.length} stored`} />
      <span>
        {stored} of {queue.length} stored
      </span>
      <span class="muted">
        as <b>{annotator}</b>, {MODES[mode]}
      </span>
      <span class="annotate-keeping muted" aria-live="polite">
        {keeping}
      </span>
      <button type="button" class="quiet" disabled={before === undefined} onClick={() => onChoose(before)}>
        <kbd>[</kbd> before
      </button>
      <button type="button" class="quiet" disabled={after === undefined} onClick={() => onChoose(after)}>
        next <kbd>]</kbd>
      </button>
    </header>
  );
}
