// The verdict beside the transcript: every score with its reasons and quotes, and all else that says how far to trust it.
import { plainName } from "../../conversation/words";
import { Badge } from "../../parts/small";
import { runName } from "../../names";
import { Tabs } from "../../parts/tabs";
import { Brief, Plain, Text } from "../../text/text";
import type { JudgeVerdict, SetVerdicts, TranscriptView } from "../../wire";
import { type Citation, judgesOf, scoredOf } from "./citations";
import { DimensionView } from "./dimension";
import { FlagsPane, LintPane, RealismPane, ScenarioPane, ScreenedPane, UsagePane } from "./facts";
import { type Doing, DoingContext, Facts, Pane } from "./panel";
import { Quotes } from "./quotes";
import type { TranscriptRoute } from "./state";

interface VerdictProps {
  view: TranscriptView;
  set: SetVerdicts | null;
  citations: readonly Citation[];
  route: TranscriptRoute;
  doing: Doing;
  onSet: (key: string) => void;
}

export function Verdict({ view, set, citations, route, doing, onSet }: VerdictProps) {
  return (
    <DoingContext.Provider value={doing}>
      <div class="verdict">
        {view.verdicts.length > 1 && set !== null && (
          <Tabs label="Sets of verdicts" tabs={view.verdicts.map((each) => ({ name: each.key, label: runName(each.name), title: each.name }))} chosen={set.key} onChoose={onSet} />
        )}
        {set === null ? <p class="muted verdict-none">Nobody has judged this transcript.</p> : <Judged view={view} set={set} citations={citations} route={route} />}
        <ScenarioPane view={view} />
        {view.imported.length > 0 && (
          <Pane name="s:imported" title="From another program" open>
            {view.imported.map((text, index) => (
              <Plain key={index} text={text} />
            ))}
          </Pane>
        )}
      </div>
    </DoingContext.Provider>
  );
}

function Judged({ view, set, citations, route }: { view: TranscriptView; set: SetVerdicts; citations: readonly Citation[]; route: TranscriptRoute }) {
  const scored = scoredOf(set);
  const judges = judgesOf(set);
  const evidence = citations.filter((citation) => citation.dimension === null);
  const lost = citations.filter((citation) => citation.n < 0).length;
  const found = citations.length - lost;
  return (
    <>
      <p class="verdict-steps">
        {found > 0 ? (
          <>
            {found} quote{found === 1 ? "" : "s"}: <kbd>n</kbd> <kbd>p</kbd> step through them
          </>
        ) : (
          "no quotes"
        )}
        {lost > 0 && <Badge tone="bad">{lost} not found</Badge>}
      </p>
      <FailuresOf judges={judges} />
      {scored.length === 0 && <p class="muted verdict-none">No dimension was scored.</p>}
      {scored.map((each, index) => (
        <DimensionView
          key={each.about.name}
          scored={each}
          judges={judges}
          citations={citations.filter((citation) => citation.dimension === each.about.name)}
          open={index === 0 || each.hit}
          named={route.d === each.about.name}
        />
      ))}
      <OutcomePane view={view} set={set} judges={judges} />
      {evidence.length > 0 && (
        <Pane name="s:evidence" title={`Evidence noted while reading · ${String(evidence.length)}`} forced={route.d === undefined && evidence.some((each) => String(each.n) === route.n)}>
          <Quotes citations={evidence} />
        </Pane>
      )}
      <FlagsPane flags={set.audit.flags} />
      <ScreenedPane screened={set.audit.screened} />
      <RealismPane view={view} />
      <LintPane view={view} />
      <NotesPane judges={judges} />
      <UsagePane audit={set.audit} />
    </>
  );
}

function FailuresOf({ judges }: { judges: readonly JudgeVerdict[] }) {
  return (
    <>
      {judges
        .filter((judge) => judge.failure !== null)
        .map((judge) => (
          <div class="failure" key={`${judge.kind} ${judge.seat} ${judge.repeat}`}>
            <Badge tone="bad">no verdict</Badge> <span class="judge-name">{judge.judge}</span>
            <Plain text={judge.failure ?? ""} />
          </div>
        ))}
    </>
  );
}

function OutcomePane({ view, set, judges }: { view: TranscriptView; set: SetVerdicts; judges: readonly JudgeVerdict[] }) {
  const answers = judges.filter((judge) => judge.scenario_valid !== null);
  const reason = set.audit.reason ?? view.reason;
  return (
    <Pane name="s:outcome" title={`Outcome: ${plainName(set.audit.outcome)}`} open={set.audit.outcome !== "completed" || answers.some((judge) => judge.scenario_valid === false)}>
      {reason !== null && <Text text={reason} />}
      {set.audit.error !== null && (
        <div class="fault">
          <Plain text={`${set.audit.error.kind}: ${set.audit.error.message}`} />
        </div>
      )}
      {view.scenario.validity !== null && <Facts rows={[["valid if", <Plain key="valid" text={view.scenario.validity} />]]} />}
      {answers.map((judge) => (
        <div class="judge" key={`${judge.kind} ${judge.seat} ${judge.repeat}`}>
          <header class="judge-head">
            <Badge tone={judge.scenario_valid === true ? "good" : "bad"}>{judge.scenario_valid === true ? "valid" : "not valid"}</Badge>
            <span class="judge-name">{judge.judge}</span>
          </header>
          {judge.validity_reason !== "" && <Brief text={judge.validity_reason} />}
        </div>
      ))}
    </Pane>
  );
}

function NotesPane({ judges }: { judges: readonly JudgeVerdict[] }) {
  return (
    <Pane name="s:judging" title="How it was judged">
      {judges.map((judge) => (
        <div class="judge" key={`${judge.kind} ${judge.seat} ${judge.repeat}`}>
          <header class="judge-head">
            <span class="judge-name">{judge.judge}</span>
            <span class="judge-seat">{judge.kind === "panel" ? `seat ${String(judge.seat + 1)}` : judge.kind}</span>
          </header>
          <Facts
            rows={[
              ["repeat", String(judge.repeat)],
              ["replies", String(judge.replies)],
              ["calls", String(judge.calls)],
              ["windows", judge.windows > 1 ? `${String(judge.windows)}: scores rest on the evidence of all` : "the whole transcript at once"],
            ]}
          />
          {judge.notes.map((note, index) => (
            <Plain key={index} text={note} />
          ))}
        </div>
      ))}
    </Pane>
  );
}
