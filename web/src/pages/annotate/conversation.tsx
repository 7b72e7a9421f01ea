/** The transcript of an item: its scenario, one branch at a time, and what is marked in it. No judge has a part in it. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { MessageView, type PieceSpans } from "../../conversation/message";
import { useNear } from "../../conversation/near";
import { pathTo, treeOf } from "../../conversation/tree";
import { Plain } from "../../text/text";
import type { BlindItem, Message, ToolView } from "../../wire";
import { MESSAGE } from "./selection";

interface Props {
  readonly item: BlindItem;
  readonly branch: string | null;
  readonly onBranch: (leaf: string) => void;
  /** The message at hand. */
  readonly at: string | null;
  readonly onMessage: (label: string) => void;
  readonly marks: ReadonlyMap<string, PieceSpans>;
}

/** The messages of a branch; of an item without branches all. */
export function branchOf(item: BlindItem, leaf: string | null): readonly Message[] {
  return leaf === null ? item.messages : pathTo(treeOf(item.messages), leaf);
}

export function Conversation({ item, branch, onBranch, at, onMessage, marks }: Props) {
  const path = useMemo(() => branchOf(item, branch), [item, branch]);
  return (
    <div class="annotate-read">
      <Asked item={item} />
      {item.branches.length > 1 && branch !== null ? <Branches item={item} branch={branch} onBranch={onBranch} /> : null}
      <section aria-label="Transcript">
        {path.map((message, index) => (
          <Said
            key={message.label}
            message={message}
            current={message.label === at}
            spans={marks.get(message.label)}
            toolsNow={toolsChanged(item, path, index)}
            onChoose={() => onMessage(message.label)}
          />
        ))}
      </section>
    </div>
  );
}

function Asked({ item }: { item: BlindItem }) {
  return (
    <details class="annotate-scenario" open>
      <summary>
        <h2>Scenario</h2>
      </summary>
      <Plain text={item.scenario} />
      {item.validity === null ? null : (
        <>
          <h3>Valid only if</h3>
          <Plain text={item.validity} />
        </>
      )}
    </details>
  );
}

function Branches({ item, branch, onBranch }: { item: BlindItem; branch: string; onBranch: (leaf: string) => void }) {
  const number = item.branches.indexOf(branch) + 1;
  return (
    <div class="annotate-branches" role="group" aria-label="Branches">
      <span class="muted">
        Branch {number} of {item.branches.length}
      </span>
      {item.branches.map((leaf, index) => (
        <button key={leaf} type="button" class="quiet" aria-pressed={leaf === branch} title={`to ${leaf}`} onClick={() => onBranch(leaf)}>
          {index + 1}
        </button>
      ))}
      <kbd>b</kbd>
    </div>
  );
}

/** The tools from a message on, where they are others than before it. */
function toolsChanged(item: BlindItem, path: readonly Message[], index: number): readonly ToolView[] | null {
  const [before, message] = [path[index - 1], path[index]];
  if (message === undefined || before?.tools === message.tools) return null;
  return item.toolsets[message.tools] ?? null;
}

interface SaidProps {
  readonly message: Message;
  readonly current: boolean;
  readonly spans: PieceSpans | undefined;
  readonly toolsNow: readonly ToolView[] | null;
  readonly onChoose: () => void;
}

function Said({ message, current, spans, toolsNow, onChoose }: SaidProps) {
  const frame = useRef<HTMLElement | null>(null);
  const near = useNear(frame, false);
  useEffect(() => {
    if (current) frame.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <article
      class={`said said-${message.origin}${current ? " is-current" : ""}`}
      ref={frame}
      aria-label={`${message.label}, ${message.role}`}
      aria-current={current ? "true" : undefined}
      onClick={onChoose}
      {...{ [MESSAGE]: message.label }}
    >
      <MessageView message={message} toolsNow={toolsNow} manner={near || current ? "rendered" : "quick"} {...(spans === undefined ? {} : { spans })} />
    </article>
  );
}
