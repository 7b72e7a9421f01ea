// A transcript as it is read: head, branch tree, reading column and verdict, and the keys that move through them.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useKeys } from "../../keys";
import { copyText } from "../../parts/copy";
import { Tabs } from "../../parts/tabs";
import { amend } from "../../place";
import type { Manner } from "../../text/text";
import type { Message, TranscriptView } from "../../wire";
import { Auditor } from "./auditor";
import { Beside } from "./beside";
import { Column } from "./column";
import { Find } from "./find";
import { Head } from "./head";
import { MessageMenu, permalink } from "./menu";
import { type Model, useModel } from "./model";
import { type Moves, useMoves } from "./moves";
import type { Doing } from "./panel";
import { Places } from "./places";
import { BranchRail } from "./rail";
import { fieldsOf, isTurned, namedQuote, pairOf, type TranscriptRoute, turned, useViews, type View, viewOf } from "./state";
import { Raw, Reading } from "./stored";
import { Verdict } from "./verdict";

interface ReaderProps {
  view: TranscriptView;
  route: TranscriptRoute;
}

export function Reader({ view, route }: ReaderProps) {
  const model = useModel(view, route);
  const places = useMemo(() => new Places(), []);
  useNamedQuote(route, model);
  const moves = useMoves(view, route, model, places);
  const find = useRef<HTMLInputElement>(null);
  useReadingKeys(route, model, moves, find);
  const doing: Doing = {
    isTurned: (pane) => isTurned(route, pane),
    turn: (pane) => amend(route, turned(route, pane)),
    toMessage: moves.toMessage,
    toCitation: moves.toCitation,
    at: route.n === undefined ? null : Number(route.n),
  };
  const forked = model.rail.lanes > 1 || model.rail.rows > 1;
  const pane = route.side === "tree" || route.side === "verdict" ? route.side : "read";
  const layout = ["reader", `narrow-${pane}`, route.tree === "off" || !forked ? "no-rail" : "", route.side === "off" ? "no-panel" : ""].join(" ");
  return (
    <div class={layout}>
      <Head
        view={view}
        set={model.set}
        route={route}
        plain={isTurned(route, "plain")}
        onView={moves.view}
        onPlain={() => amend(route, turned(route, "plain"))}
        onRail={forked ? () => amend(route, { tree: route.tree === "off" ? undefined : "off" }) : null}
        onPanel={() => amend(route, { side: route.side === "off" ? undefined : "off" })}
      >
        <Find field={find} route={route} model={model} onStep={moves.find} />
      </Head>
      <div class="only-narrow">
        <Tabs
          label="Panes"
          tabs={[
            { name: "tree", label: "Branches" },
            { name: "read", label: "Text" },
            { name: "verdict", label: "Verdict" },
          ]}
          chosen={pane}
          onChoose={(name) => amend(route, { side: name === "read" ? undefined : name })}
        />
      </div>
      <div class="reader-body">
        {forked && (
          <nav class="reader-rail" aria-label="Branches">
            <BranchRail rail={model.rail} path={nodesOf(model)} here={model.rail.ofMessage.get(moves.here ?? "") ?? null} onChoose={(label) => choose(route, moves, model, label)} />
          </nav>
        )}
        <div class="reader-text">
          <Middle view={view} route={route} model={model} moves={moves} places={places} doing={doing} />
        </div>
        <aside class="reader-panel" aria-label="Verdict">
          <Verdict view={view} set={model.set} citations={model.citations} route={route} doing={doing} onSet={(key) => amend(route, { set: key, n: undefined, d: undefined, q: undefined })} />
        </aside>
      </div>
    </div>
  );
}

/** Leads from a quote's first words, as a report's links have them, to its place; the address says that from then on. */
function useNamedQuote(route: TranscriptRoute, model: Model): void {
  useEffect(() => {
    if (route.quote === undefined) return;
    const named = namedQuote(model.citations, route);
    amend(route, { ...(named === null ? {} : fieldsOf(named)), quote: undefined });
  }, [route, model.citations]);
}

function nodesOf(model: Model): ReadonlySet<string> {
  return new Set(model.labels.map((label) => model.rail.ofMessage.get(label) ?? ""));
}

/** A turn of the tree leads to the message that begins it. */
function choose(route: TranscriptRoute, moves: Moves, model: Model, id: string): void {
  const node = model.rail.byId.get(id);
  if (route.side === "tree") amend(route, { side: undefined });
  moves.toMessage(node?.own === null ? (node.labels[0] ?? id) : id);
}

interface MiddleProps extends ReaderProps {
  model: Model;
  moves: Moves;
  places: Places;
  doing: Doing;
}

function Middle({ view, route, model, moves, places, doing }: MiddleProps) {
  const manner: Manner = isTurned(route, "plain") ? "plain" : "rendered";
  const which = viewOf(route);
  const pair = pairOf(model.tree, route);
  if (which === "auditor") return <Auditor view={view} manner={manner} doing={doing} />;
  if (which === "raw") return <Raw view={view} />;
  if (pair !== null) return <Beside tree={model.tree} pair={pair} path={new Set(model.labels)} spans={model.spans} manner={manner} onPair={moves.pair} />;
  const leaf = model.labels[model.labels.length - 1] ?? "";
  const menu = (message: Message) => <MessageMenu message={message} leaf={() => leaf} />;
  const sent = isTurned(route, "sent");
  const judged = which === "judge";
  return (
    <>
      {judged && (
        <p class="judge-note">
          What judges read: texts that could pass for their frame are split by <code>⟦⟧</code>, characters that nobody sees are named, and only branches that end with the target&apos;s words are read.{" "}
          <button type="button" class="quiet" aria-pressed={sent} onClick={() => amend(route, turned(route, "sent"))}>
            exactly what the judge was sent
          </button>
        </p>
      )}
      {judged && sent && <Reading view={view} set={model.set?.key} />}
      {model.path.length === 0 && <p class="muted">Nothing was said.</p>}
      <Column
        view={view}
        tree={model.tree}
        path={judged ? model.path.filter((message) => message.seen) : model.path}
        spans={model.spans}
        onward={model.onward}
        manner={judged ? "plain" : manner}
        as={judged ? "read" : "said"}
        here={moves.here}
        places={places}
        menu={menu}
        onSwitch={moves.switchTo}
        onPair={moves.pair}
      />
    </>
  );
}

const NAMES: Readonly<Record<View, string>> = { target: "what the target saw", auditor: "what the auditor did", judge: "what judges read", raw: "the stored record" };

function useReadingKeys(route: TranscriptRoute, model: Model, moves: Moves, find: { readonly current: HTMLInputElement | null }): void {
  const leaf = model.labels[model.labels.length - 1] ?? "";
  const views = useViews();
  useKeys("Transcript", [
    { keys: ["j"], what: "next message", run: () => moves.step(1) },
    { keys: ["k"], what: "message before", run: () => moves.step(-1) },
    { keys: ["J"], what: "next turn of the target", run: () => moves.turn(1) },
    { keys: ["K"], what: "turn before", run: () => moves.turn(-1) },
    { keys: ["n"], what: "next quote of a judge, worst score first", run: () => moves.citation(1) },
    { keys: ["p"], what: "quote before", run: () => moves.citation(-1) },
    { keys: ["b"], what: "next branch at this fork", run: () => moves.branch(1) },
    { keys: ["B"], what: "branch before", run: () => moves.branch(-1) },
    { keys: ["c"], what: "compare with the next branch", run: () => moves.pairHere("side") },
    { keys: ["d"], what: "difference to the next branch", run: () => moves.pairHere("words") },
    ...views.map((view, index) => ({ keys: [String(index + 1)], what: NAMES[view], run: () => moves.view(view) })),
    { keys: ["["], what: "previous audit", run: () => moves.beside("previous") },
    { keys: ["]"], what: "next audit", run: () => moves.beside("following") },
    { keys: ["/"], what: "find in this transcript", run: () => find.current?.focus() },
    { keys: ["r"], what: "rendered or plain texts", run: () => amend(route, turned(route, "plain")) },
    { keys: ["v"], what: "show or hide the verdict", run: () => amend(route, { side: route.side === "off" ? undefined : "off" }) },
    { keys: ["g l"], what: "copy a link to this place", run: () => void copyText(permalink(moves.here ?? leaf, leaf)) },
  ]);
}
