/** Scoring transcripts blind: one after the other, from a queue. */
import { useCallback, useState } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { amend, go as goTo } from "../../place";
import type { RouteOf } from "../../route";
import { useTitle } from "../../title";
import type { AnnotateSession, Annotation, Reveal } from "../../wire";
import { Item } from "./item";
import { Progress } from "./progress";
import { Stored } from "./stored";

type Place = RouteOf<"annotate">;

export function AnnotatePage({ route }: { route: Place }) {
  const { value, fault, retry } = useCall(api.annotateSession());
  if (value === null) return fault === null ? <Skeleton lines={12} /> : <FaultNote fault={fault} retry={retry} />;
  return <Queue route={route} session={value} />;
}

function Queue({ route, session }: { route: Place; session: AnnotateSession }) {
  // What was submitted since the page was opened, by key: own answers are shown beside the judges'.
  const [own, setOwn] = useState<ReadonlyMap<string, Annotation>>(new Map());
  // Of which the verdicts were asked for since.
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [keeping, setKeeping] = useState("");
  const { queue } = session;
  const done = new Set([...session.done, ...own.keys()]);
  const key = route.item ?? queue.find((each) => !done.has(each));
  const at = key === undefined ? -1 : queue.indexOf(key);
  useTitle(at < 0 ? "Annotate" : `Item ${String(at + 1)} of ${String(queue.length)}`);
  const go = (item: string | undefined) => amend(route, { item }, "push");
  const next = (): string | undefined => [...queue.slice(at + 1), ...queue.slice(0, Math.max(0, at))].find((each) => !done.has(each));
  const stored = useCallback((annotation: Annotation) => {
    setOwn((before) => new Map(before).set(annotation.key, annotation));
    // The item stays in view until its annotator goes on.
    goTo({ page: "annotate", item: annotation.key }, "replace");
  }, []);
  const revealed = useCallback((item: string) => setShown((before) => new Set(before).add(item)), []);
  useKeys("Queue", [
    { keys: ["["], what: "item before", run: () => at > 0 && go(queue[at - 1]) },
    { keys: ["]"], what: "next item", run: () => at < queue.length - 1 && go(queue[at + 1]) },
  ]);
  return (
    <div class="annotate">
      <Progress session={session} done={done} at={at} keeping={keeping} onChoose={go} />
      {key === undefined || at < 0 ? (
        <Empty title={key === undefined ? "All is done" : "This item is not in the queue"}>
          <p>
            {done.size} of {queue.length} transcripts are stored. <code>petri calibrate</code> reads them beside the run.
          </p>
        </Empty>
      ) : (
        <Opened
          key={key}
          item={key}
          session={session}
          done={done.has(key)}
          own={own.get(key) ?? null}
          revealed={shown.has(key) || session.revealed.includes(key)}
          onReveal={revealed}
          onStored={stored}
          onKeeping={setKeeping}
          onNext={() => go(next())}
        />
      )}
    </div>
  );
}

interface OpenedProps {
  readonly item: string;
  readonly session: AnnotateSession;
  readonly done: boolean;
  readonly own: Annotation | null;
  /** Whether the verdicts were shown. */
  readonly revealed: boolean;
  readonly onReveal: (item: string) => void;
  readonly onStored: (annotation: Annotation) => void;
  readonly onKeeping: (words: string) => void;
  readonly onNext: () => void;
}

/** An item: to be scored, scored, or to be scored once more. */
function Opened({ item, session, done, own, revealed, onReveal, onStored, onKeeping, onNext }: OpenedProps) {
  const [again, setAgain] = useState<{ readonly reveal: Reveal | null } | null>(null);
  const onDone = useCallback(
    (annotation: Annotation) => {
      onStored(annotation);
      setAgain(null);
    },
    [onStored],
  );
  if (done && again === null) {
    return <Stored item={item} session={session} own={own} asked={revealed} onAsk={() => onReveal(item)} onNext={onNext} onAgain={(reveal) => setAgain({ reveal })} />;
  }
  return <Loaded item={item} session={session} judged={again?.reveal ?? null} onStored={onDone} onKeeping={onKeeping} />;
}

interface LoadedProps {
  readonly item: string;
  readonly session: AnnotateSession;
  readonly judged: Reveal | null;
  readonly onStored: (annotation: Annotation) => void;
  readonly onKeeping: (words: string) => void;
}

function Loaded({ item, session, judged, onStored, onKeeping }: LoadedProps) {
  const transcript = useCall(api.blindItem(item));
  // What was begun and not submitted; else, of what is stored already, the answer to correct.
  const draft = useCall(api.draft(item));
  const fault = transcript.fault ?? draft.fault;
  if (fault !== null) return <FaultNote fault={fault} retry={() => (transcript.fault === null ? draft : transcript).retry()} />;
  // A draft that was asked for before may be older than what was written since.
  if (transcript.value === null || draft.value === null || draft.busy) return <Skeleton lines={14} />;
  return (
    <Item
      session={session}
      item={transcript.value}
      draft={draft.value}
      judged={judged?.scores ?? null}
      onStored={onStored}
      onKeeping={onKeeping}
    />
  );
}
