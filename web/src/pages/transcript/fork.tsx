// Where a conversation goes several ways: which one is read, and the others a press away.
import { siblings, type Tree } from "../../conversation/tree";
import { originWord } from "../../conversation/words";
import { score as written } from "../../numbers";
import { heatClass } from "../../parts/heat-cell";
import { Seen } from "../../text/leaf";
import type { Message } from "../../wire";
import type { Onward } from "./rail-layout";
import type { Pair } from "./state";

interface ForkProps {
  tree: Tree;
  /** The message of the path that stands at the fork. */
  label: string;
  onward: ReadonlyMap<string, Onward>;
  onSwitch: (to: string) => void;
  onPair: (pair: Pair) => void;
}

const STEPS: ReadonlyMap<string, number> = new Map([
  ["ArrowLeft", -1],
  ["ArrowUp", -1],
  ["ArrowRight", 1],
  ["ArrowDown", 1],
]);

export function Fork({ tree, label, onward, onSwitch, onPair }: ForkProps) {
  const ways = siblings(tree, label);
  const here = ways.indexOf(label);
  const other = ways[here === 0 ? 1 : here - 1];
  const keyed = (event: KeyboardEvent): void => {
    const step = STEPS.get(event.key);
    const to = step === undefined ? undefined : ways[(here + step + ways.length) % ways.length];
    if (to === undefined) return;
    event.preventDefault();
    onSwitch(to);
  };
  return (
    <div class="fork">
      <span class="fork-title">
        {ways.length} branches from {tree.byLabel.get(label)?.parent ?? "the start"}
      </span>
      <div class="fork-ways" role="radiogroup" aria-label="Which branch is read" onKeyDown={keyed}>
        {ways.map((way, index) => (
          <Way key={way} tree={tree} label={way} number={index + 1} chosen={way === label} onward={onward.get(way) ?? null} onChoose={() => onSwitch(way)} />
        ))}
      </div>
      {other !== undefined && (
        <div class="fork-tools">
          <button type="button" class="quiet" title="Both branches beside each other (c)" onClick={() => onPair({ how: "side", left: other, right: label })}>
            compare
          </button>
          <button type="button" class="quiet" title="What differs, word by word (d)" onClick={() => onPair({ how: "words", left: other, right: label })}>
            difference
          </button>
        </div>
      )}
    </div>
  );
}

interface WayProps {
  tree: Tree;
  label: string;
  number: number;
  chosen: boolean;
  onward: Onward | null;
  onChoose: () => void;
}

function Way({ tree, label, number, chosen, onward, onChoose }: WayProps) {
  const message = tree.byLabel.get(label);
  const most = onward?.worst ?? null;
  const turns = onward?.turns ?? 0;
  return (
    <button type="button" role="radio" aria-checked={chosen} tabIndex={chosen ? 0 : -1} class="way" onClick={onChoose}>
      <span class="way-number">{number}</span>
      <span class="way-text" dir="auto">
        {message === undefined ? label : <Gist message={message} />}
      </span>
      <span class="way-facts">
        {label} · {turns} turn{turns === 1 ? "" : "s"}
      </span>
      {most !== null && (
        <span class={heatClass(most.value, most.about)} title={`worst in it: ${most.about.name}`}>
          {written(most.value)}
        </span>
      )}
    </button>
  );
}

/** The first words of a message. */
function Gist({ message }: { message: Message }) {
  const text = message.pieces.find((piece) => piece.kind !== "reasoning")?.text ?? "";
  const words = text.slice(0, 160).replace(/\s+/g, " ").trim();
  return (
    <>
      <b>{message.note ?? originWord(message.origin)}</b> <Seen text={words === "" ? "nothing was said" : words} />
    </>
  );
}
