/** Two transcripts beside each other: in turns that stand on one line and scroll together, or each on its own. */
import { useMemo } from "preact/hooks";
import { Link } from "../../parts/small";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import type { ComparedPair, ComparisonView, Message, TranscriptView } from "../../wire";
import { pathTo, treeOf } from "../../conversation/tree";
import { alignTurns, longestBranch, replyText, type TurnRow } from "./align";
import { PaneMessage } from "./pane-message";
import { differing, NOTHING, type Marks } from "./reply-difference";

type Place = RouteOf<"compare">;
type Side = "left" | "right";

interface Props {
  readonly route: Place;
  readonly view: ComparisonView;
  readonly pair: ComparedPair;
  readonly left: TranscriptView;
  readonly right: TranscriptView;
}

export function Panes({ route, view, pair, left, right }: Props) {
  const leaves = { left: leafOf(left, route.lb), right: leafOf(right, route.rb) };
  const paths = useMemo(
    () => ({ left: pathOf(left, leaves.left), right: pathOf(right, leaves.right) }),
    [left, right, leaves.left, leaves.right],
  );
  const rows = useMemo(() => alignTurns(paths.left, paths.right), [paths]);
  const together = route.panes !== "apart";
  const same = left.run === right.run && left.key === right.key;
  if (same) return <Alone route={route} view={view} pair={pair} transcript={left} leaf={leaves.left} />;
  return (
    <div class="panes-frame">
      <div class="panes-tools">
        <button type="button" class="quiet" aria-pressed={together} onClick={() => amend(route, { panes: together ? "apart" : undefined })}>
          Scroll together <kbd>s</kbd>
        </button>
        <button type="button" class="quiet" aria-pressed={route.diff !== undefined} onClick={() => amend(route, { diff: route.diff === undefined ? "1" : undefined })}>
          Difference of replies <kbd>d</kbd>
        </button>
      </div>
      <div class={together ? "panes is-together" : "panes is-apart"}>
        <Head side="left" route={route} view={view} transcript={left} state={pair.left_state} leaf={leaves.left} />
        <Head side="right" route={route} view={view} transcript={right} state={pair.right_state} leaf={leaves.right} />
        {together ? (
          rows.map((row) => <Turn key={row.turn} row={row} difference={route.diff !== undefined} />)
        ) : (
          <>
            <Pane messages={paths.left} name="Left transcript" />
            <Pane messages={paths.right} name="Right transcript" />
          </>
        )}
      </div>
    </div>
  );
}

interface AloneProps {
  readonly route: Place;
  readonly view: ComparisonView;
  readonly pair: ComparedPair;
  readonly transcript: TranscriptView;
  readonly leaf: string | null;
}

/** Two sets of verdicts on one transcript: it stands there once. */
function Alone({ route, view, pair, transcript, leaf }: AloneProps) {
  return (
    <div class="panes-frame">
      <p class="muted">Both sides are verdicts on this one transcript.</p>
      <Head side="left" route={route} view={view} transcript={transcript} state={pair.left_state} leaf={leaf} />
      {pathOf(transcript, leaf).map((message) => (
        <PaneMessage key={message.label} message={message} />
      ))}
    </div>
  );
}

function leafOf(transcript: TranscriptView, chosen: string | undefined): string | null {
  if (chosen !== undefined && transcript.branches.includes(chosen)) return chosen;
  return longestBranch(transcript.messages, transcript.branches);
}

function pathOf(transcript: TranscriptView, leaf: string | null): readonly Message[] {
  return leaf === null ? transcript.messages : pathTo(treeOf(transcript.messages), leaf);
}

interface HeadProps {
  readonly side: Side;
  readonly route: Place;
  readonly view: ComparisonView;
  readonly transcript: TranscriptView;
  readonly state: string;
  readonly leaf: string | null;
}

function Head({ side, route, view, transcript, state, leaf }: HeadProps) {
  const field = side === "left" ? "lb" : "rb";
  const { branches, run, key } = transcript;
  return (
    <header class={`pane-head is-${side}`}>
      <Link class="compare-pane-title" to={{ page: "transcript", run, audit: key, set: view[side].run }}>
        {transcript.target}
      </Link>
      <span class="muted">{view[side].id}</span>
      {state === "valid" ? null : <span class="badge badge-warn">{state}</span>}
      {branches.length > 1 ? (
        <label class="choice">
          branch
          <select value={leaf ?? ""} onChange={(event) => amend(route, { [field]: event.currentTarget.value })}>
            {branches.map((branch, index) => (
              <option key={branch} value={branch}>
                {index + 1} of {branches.length}, to {branch}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </header>
  );
}

interface TurnProps {
  readonly row: TurnRow;
  readonly difference: boolean;
}

function Turn({ row, difference }: TurnProps) {
  const marks = useMemo(() => (difference ? differing(row.left, row.right) : { left: NOTHING, right: NOTHING }), [row, difference]);
  const reply = replyText(row.left);
  const same = reply !== null && reply === replyText(row.right);
  return (
    <section class="pane-turn" aria-label={`Turn ${row.turn}`}>
      <h2 class="pane-turn-number">
        Turn {row.turn}
        {same ? <span class="muted"> the same reply</span> : null}
      </h2>
      <Cell side="left" messages={row.left} marks={marks.left} />
      <Cell side="right" messages={row.right} marks={marks.right} />
    </section>
  );
}

interface CellProps {
  readonly side: Side;
  readonly messages: readonly Message[];
  readonly marks: Marks;
}

function Cell({ side, messages, marks }: CellProps) {
  return (
    <div class={`pane-cell is-${side}`}>
      {messages.length === 0 ? <p class="muted">Nothing more is said on this side.</p> : null}
      {messages.map((message) => (
        <PaneMessage key={message.label} message={message} spans={marks.get(message.label)} />
      ))}
    </div>
  );
}

function Pane({ messages, name }: { messages: readonly Message[]; name: string }) {
  return (
    <section class="compare-pane" aria-label={name} tabIndex={0}>
      {messages.map((message) => (
        <PaneMessage key={message.label} message={message} />
      ))}
    </section>
  );
}
