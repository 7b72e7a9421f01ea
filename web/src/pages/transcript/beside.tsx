// Two ways on from a fork: side by side, or as what differs.
import { useMemo } from "preact/hooks";
import { MessageView, type PieceSpans } from "../../conversation/message";
import { leafFrom, pathTo, siblings, type Tree } from "../../conversation/tree";
import { Compared } from "../../text/compared";
import { difference, likeness } from "../../text/diff";
import type { Manner } from "../../text/text";
import { badgesEnd } from "../../text/unseen";
import type { Message } from "../../wire";
import type { Pair } from "./state";

interface BesideProps {
  tree: Tree;
  pair: Pair;
  path: ReadonlySet<string>;
  spans: ReadonlyMap<string, PieceSpans>;
  manner: Manner;
  onPair: (pair: Pair | null) => void;
}

type Row = readonly [left: Message | null, right: Message | null];

/** The messages from two siblings on, each with the one in the same place on the other side. */
export function rowsOf(tree: Tree, pair: Pair, path: ReadonlySet<string>): Row[] {
  const [left, right] = [pair.left, pair.right].map((label) => {
    const whole = pathTo(tree, leafFrom(tree, label, path));
    return whole.slice(whole.findIndex((message) => message.label === label));
  });
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  return Array.from({ length }, (_, index) => [left?.[index] ?? null, right?.[index] ?? null]);
}

export function Beside({ tree, pair, path, spans, manner, onPair }: BesideProps) {
  const rows = useMemo(() => rowsOf(tree, pair, path), [tree, pair, path]);
  const other = pair.how === "side" ? "words" : "side";
  return (
    <section class="beside" aria-label={pair.how === "side" ? "Two branches side by side" : "What differs between two branches"}>
      <header class="beside-head">
        <h2>{pair.how === "side" ? "Side by side" : "Difference"}</h2>
        <Choice tree={tree} chosen={pair.left} barred={pair.right} label="Left" onChoose={(left) => onPair({ ...pair, left })} />
        <span class="muted">and</span>
        <Choice tree={tree} chosen={pair.right} barred={pair.left} label="Right" onChoose={(right) => onPair({ ...pair, right })} />
        <button type="button" class="quiet" onClick={() => onPair({ ...pair, how: other })}>
          {other === "words" ? "difference" : "side by side"}
        </button>
        <button type="button" class="quiet" onClick={() => onPair(null)}>
          back to reading
        </button>
      </header>
      {rows.map(([left, right], index) => (
        <div key={index} class={`beside-row beside-${pair.how}`}>
          {pair.how === "words" && left !== null && right !== null && alike(left, right) ? (
            <Differing left={left} right={right} />
          ) : (
            [left, right].map((message, side) => <Half key={side} message={message} spans={spans} manner={manner} />)
          )}
        </div>
      ))}
    </section>
  );
}

function Half({ message, spans, manner }: { message: Message | null; spans: ReadonlyMap<string, PieceSpans>; manner: Manner }) {
  if (message === null) return <div class="half half-none">ended here</div>;
  return (
    <article class={`half message o-${message.origin}`} aria-label={`${message.label}, ${message.role}`}>
      <MessageView message={message} spans={spans.get(message.label) ?? new Map()} manner={manner} />
    </article>
  );
}

function Differing({ left, right }: { left: Message; right: Message }) {
  return (
    <article class={`half message o-${right.origin}`} aria-label={`${left.label} and ${right.label}`}>
      <header class="message-head">
        <span class="message-label">
          {left.label} → {right.label}
        </span>
        <span class="message-role">{right.role}</span>
      </header>
      <Compared before={wholeOf(left)} after={wholeOf(right)} />
    </article>
  );
}

/** So much has to be the same for a difference to say more than both texts beside each other. */
const ALIKE = 0.25;

function alike(left: Message, right: Message): boolean {
  const [before, after] = [wholeOf(left), wholeOf(right)];
  // A difference is shown whole.
  if (left.role !== right.role || [before, after].some((text) => badgesEnd(text) < text.length)) return false;
  return likeness(difference(before, after).changes) >= ALIKE;
}

/** All texts of a message as one; of a call the line, not its texts once more. */
export function wholeOf(message: Message): string {
  const seen = new Set<string>();
  const pieces = message.pieces.filter((piece) => {
    if (piece.call === null) return true;
    if (seen.has(piece.call)) return false;
    seen.add(piece.call);
    return true;
  });
  return pieces.map((piece) => (piece.kind === "reasoning" ? `[reasoning] ${piece.text}` : piece.text)).join("\n\n");
}

interface ChoiceProps {
  tree: Tree;
  chosen: string;
  barred: string;
  label: string;
  onChoose: (label: string) => void;
}

function Choice({ tree, chosen, barred, label, onChoose }: ChoiceProps) {
  const ways = siblings(tree, chosen);
  return (
    <select aria-label={label} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
      {ways.map((way, index) => (
        <option key={way} value={way} disabled={way === barred}>
          {index + 1}: {way}
        </option>
      ))}
    </select>
  );
}
