// What stands above a transcript while it is read: what it is, what came of it, and the ways on.
import type { ComponentChildren } from "preact";
import { plainName } from "../../conversation/words";
import { HeatCell } from "../../parts/heat-cell";
import { Badge, Link } from "../../parts/small";
import { Tabs } from "../../parts/tabs";
import { mapOf } from "../../records";
import type { SetVerdicts, TranscriptView } from "../../wire";
import { scoredOf } from "./citations";
import { type TranscriptRoute, type View, useViews, viewOf } from "./state";

const TITLES: Readonly<Record<View, readonly [label: string, title: string]>> = {
  target: ["Target", "What the target saw and said (1)"],
  auditor: ["Auditor", "What the auditor did (2)"],
  judge: ["Judge", "What judges read (3)"],
  raw: ["Raw", "The stored record (4)"],
};

const MOST_SCORES = 3;

interface HeadProps {
  view: TranscriptView;
  set: SetVerdicts | null;
  route: TranscriptRoute;
  plain: boolean;
  onView: (view: View) => void;
  onPlain: () => void;
  onRail: (() => void) | null;
  onPanel: () => void;
  children: ComponentChildren;
}

export function Head({ view, set, route, plain, onView, onPlain, onRail, onPanel, children }: HeadProps) {
  const views = useViews();
  const turns = Math.max(0, ...view.messages.map((message) => message.turn));
  const tone = view.state === "valid" ? "good" : view.state === "pending" ? "plain" : "bad";
  return (
    <header class="head">
      <div class="head-line">
        <Beside to={view.previous} label="previous" sign="[" />
        <h1 class="head-title" title={view.id}>
          <Link to={{ page: "list", run: view.run }} title="The list of audits">
            {view.scenario.id}
          </Link>
        </h1>
        <Beside to={view.following} label="next" sign="]" />
        <span class="head-facts">
          <span class="head-target">{view.target}</span>
          {[...mapOf(view.scenario.variables)].map(([name, value]) => (
            <span key={name} class="head-variable" title={`${name} = ${String(value)}`}>
              {String(value)}
            </span>
          ))}
          {view.epoch > 1 && <span>epoch {view.epoch}</span>}
          <span>
            {turns} turns{view.branches.length > 1 ? `, ${String(view.branches.length)} branches` : ""}
          </span>
          <Badge tone={tone} title={view.reason ?? undefined}>
            {plainName(view.outcome)}
          </Badge>
        </span>
        <Brief set={set} />
      </div>
      <div class="head-line head-tools">
        <Tabs label="Views" tabs={views.map((name) => ({ name, label: TITLES[name][0], title: TITLES[name][1] }))} chosen={viewOf(route)} onChoose={onView} />
        <span class="head-buttons">
          {children}
          {onRail !== null && (
            <button type="button" class="quiet only-wide" aria-pressed={route.tree !== "off"} onClick={onRail}>
              branches
            </button>
          )}
          <button type="button" class="quiet" aria-pressed={plain} onClick={onPlain} title="Texts as they are, without markdown (r)">
            plain
          </button>
          <button type="button" class="quiet only-wide" aria-pressed={route.side !== "off"} onClick={onPanel} title="The verdict (v)">
            verdict
          </button>
        </span>
      </div>
    </header>
  );
}

function Brief({ set }: { set: SetVerdicts | null }) {
  if (set === null) return null;
  const scored = scoredOf(set);
  return (
    <span class="head-scores">
      {scored.slice(0, MOST_SCORES).map(({ about, score }) => (
        <span key={about.name} class="head-score">
          <span class="head-dimension">{plainName(about.name)}</span>
          <HeatCell value={score.status === "scored" ? score.value : score.status} dimension={about} />
        </span>
      ))}
      {scored.length > MOST_SCORES && <span class="muted">{scored.length - MOST_SCORES} more</span>}
    </span>
  );
}

function Beside({ to, label, sign }: { to: readonly [string, string] | null; label: string; sign: string }) {
  if (to === null) return <span class="head-beside head-none" aria-hidden="true">{sign === "[" ? "‹" : "›"}</span>;
  return (
    <Link to={{ page: "transcript", run: to[0], audit: to[1] }} class="head-beside" title={`The ${label} audit (${sign})`} label={`The ${label} audit`}>
      {sign === "[" ? "‹" : "›"}
    </Link>
  );
}
