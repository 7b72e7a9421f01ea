// The reading column: the messages of a path, with the forks on it.
import type { ComponentChildren } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { DistantMessage, MessageView, type PieceSpans } from "../../conversation/message";
import { useNear } from "../../conversation/near";
import { siblings, type Tree } from "../../conversation/tree";
import type { Manner } from "../../text/text";
import type { Message, TranscriptView } from "../../wire";
import { Fork } from "./fork";
import type { Places } from "./places";
import type { Onward } from "./rail-layout";
import type { Pair } from "./state";

interface ColumnProps {
  view: TranscriptView;
  tree: Tree;
  path: readonly Message[];
  spans: ReadonlyMap<string, PieceSpans>;
  onward: ReadonlyMap<string, Onward>;
  manner: Manner;
  as: "said" | "read";
  /** The message that is looked at. */
  here: string | null;
  places: Places;
  menu: (message: Message) => ComponentChildren;
  onSwitch: (from: string, to: string) => void;
  onPair: (pair: Pair) => void;
}

/** So many messages are drawn in full at once; those after them when somebody comes near. */
const FIRST = 12;
const NO_SPANS: PieceSpans = new Map();

export function Column({ view, tree, path, spans, onward, manner, as, here, places, menu, onSwitch, onPair }: ColumnProps) {
  const at = path.findIndex((message) => message.label === here);
  return (
    <ol class="column">
      {path.map((message, index) => {
        const earlier = path[index - 1];
        const changed = earlier?.tools !== message.tools;
        return (
          <li key={message.label}>
            {siblings(tree, message.label).length > 1 && (
              <div ref={(element) => places.put(`fork ${message.parent ?? ""}`, element)}>
                <Fork tree={tree} label={message.label} onward={onward} onSwitch={(to) => onSwitch(message.label, to)} onPair={onPair} />
              </div>
            )}
            <Entry
              message={message}
              spans={spans.get(message.label) ?? NO_SPANS}
              manner={manner}
              as={as}
              toolsNow={changed ? (view.toolsets[message.tools] ?? []) : null}
              here={index === at}
              near={Math.abs(index - Math.max(at, 0)) < FIRST}
              places={places}
              menu={menu}
            />
          </li>
        );
      })}
    </ol>
  );
}

interface EntryProps {
  message: Message;
  spans: PieceSpans;
  manner: Manner;
  as: "said" | "read";
  toolsNow: TranscriptView["toolsets"][number] | null;
  here: boolean;
  near: boolean;
  places: Places;
  menu: (message: Message) => ComponentChildren;
}

/** How high a message will be, in lines: what is not drawn yet takes that room. */
function lines(message: Message): number {
  let sum = 2;
  for (const piece of message.pieces) sum += piece.kind === "reasoning" ? 1.5 : Math.min(60, 1 + piece.text.length / 80);
  return Math.round(sum);
}

function Entry({ message, spans, manner, as, toolsNow, here, near, places, menu }: EntryProps) {
  const element = useRef<HTMLElement>(null);
  const close = useNear(element, near);
  const inside = useMemo(
    () => (close ? <MessageView message={message} spans={spans} manner={manner} as={as} toolsNow={toolsNow} tools={menu(message)} /> : <DistantMessage message={message} />),
    // `menu` is made anew with every drawing and says the same of the same message.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [message, spans, manner, as, toolsNow, close],
  );
  return (
    <article
      class={`message o-${message.origin} role-${message.role}${here ? " message-here" : ""}`}
      aria-label={`${message.label}, ${message.role}`}
      aria-current={here ? "true" : undefined}
      style={{ "--lines": lines(message) }}
      ref={(own) => {
        element.current = own;
        places.put(message.label, own);
      }}
    >
      {inside}
    </article>
  );
}
