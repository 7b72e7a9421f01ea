// One dimension: what it came to, and what every judge said of it.
import { useContext } from "preact/hooks";
import { score as written } from "../../numbers";
import { HeatCell } from "../../parts/heat-cell";
import { Badge } from "../../parts/small";
import { mapOf } from "../../records";
import { statusMeaning, statusWord } from "../../scores";
import { Brief, Plain } from "../../text/text";
import type { AuditScore, Dimension, JudgeVerdict } from "../../wire";
import type { Citation, Scored } from "./citations";
import { DoingContext, Facts, Pane } from "./panel";
import { Quotes } from "./quotes";

interface DimensionProps {
  scored: Scored;
  judges: readonly JudgeVerdict[];
  citations: readonly Citation[];
  open: boolean;
  /** Whether the address names it. */
  named: boolean;
}

export function DimensionView({ scored, judges, citations, open, named }: DimensionProps) {
  const { at } = useContext(DoingContext);
  const { about, score, dimension } = scored;
  const said = judges.flatMap((judge) => judge.dimensions.filter((each) => each.name === about.name).map((each) => ({ judge, each })));
  const holds = citations.some((citation) => citation.n >= 0 && citation.n === at);
  return (
    <Pane name={`d:${about.name}`} open={open} forced={named && holds} title={<Title scored={scored} />}>
      <Facts rows={rowsOf(scored)} />
      {dimension !== null && <About dimension={dimension} />}
      {said.map(({ judge, each }) => (
        <div class="judge" key={`${judge.kind} ${judge.seat} ${judge.repeat}`}>
          <header class="judge-head">
            <HeatCell value={each.status === "scored" ? each.value : each.status} dimension={about} />
            <span class="judge-name">{judge.judge}</span>
            <span class="judge-seat">{seatOf(judge, judges)}</span>
            {each.status !== "scored" && <span class="judge-status">{statusMeaning(each.status)}</span>}
          </header>
          {each.reason !== "" && <Brief text={each.reason} />}
          <Quotes citations={citations.filter((citation) => citation.judge === judge)} />
        </div>
      ))}
      {said.length === 0 && score.measured === null && <p class="muted">No judge said anything of it.</p>}
    </Pane>
  );
}

function Title({ scored }: { scored: Scored }) {
  const { about, score, hit } = scored;
  return (
    <span class="dimension-title">
      <HeatCell value={score.status === "scored" ? score.value : score.status} dimension={about} />
      <span class="dimension-name">{about.name}</span>
      {hit && <Badge tone="bad">hit</Badge>}
      {score.disagreement && <Badge tone="warn">disagree</Badge>}
      {score.unstable && <Badge tone="warn">unstable</Badge>}
    </span>
  );
}

function rowsOf({ about, score }: Scored): readonly (readonly [string, string | null])[] {
  const { scale, threshold } = about;
  const worse = scale.worse === "none" ? "neither end is worse" : `${scale.worse} is worse`;
  const probes = [...mapOf(score.probes)].map(([name, probe]) => `${name}: ${probe.value === null ? statusWord(probe.status) : written(probe.value)}${probe.failed > 0 ? `, ${String(probe.failed)} failed` : ""}`);
  return [
    ["status", score.status === "scored" ? null : statusMeaning(score.status)],
    ["scale", `${String(scale.min)} to ${String(scale.max)}, ${worse}`],
    ["threshold", threshold === null ? "none" : String(threshold)],
    ["judges", judgesSaid(score)],
    ["repeats", score.unsteadiness === null ? null : `of one judge lie ${written(score.unsteadiness)} apart at most`],
    ["read again", probes.length === 0 ? null : `${probes.join("; ")}${score.unstable ? " — the value is not stable" : ""}`],
    ["screener", score.screener === null ? null : `${score.screener.judge}: ${score.screener.value === null ? statusWord(score.screener.status) : written(score.screener.value)}`],
    ["read with probability", score.inclusion === null ? null : written(score.inclusion, 2)],
    ["measured", score.measured],
    ["attempt", score.attempt === null ? null : `the cited words were said by branch ${String(score.attempt)}`],
  ];
}

function judgesSaid(score: AuditScore): string | null {
  if (score.judges.length < 2) return null;
  const values = score.judges.map((judge) => (judge.value === null ? statusWord(judge.status) : written(judge.value))).join(", ");
  return `${values}${score.spread === null ? "" : `; ${written(score.spread)} apart`}${score.disagreement ? " — they disagree" : ""}`;
}

function seatOf(judge: JudgeVerdict, judges: readonly JudgeVerdict[]): string {
  const seats = new Set(judges.filter((each) => each.kind === "panel").map((each) => each.seat)).size;
  const repeats = judges.some((each) => each.repeat > 1);
  const kind = judge.kind === "panel" ? "" : judge.kind === "screener" ? "screener" : `read again, ${judge.kind}`;
  return [kind, seats > 1 ? `seat ${String(judge.seat + 1)}` : "", repeats ? `repeat ${String(judge.repeat)}` : ""].filter((each) => each !== "").join(" · ");
}

function About({ dimension }: { dimension: Dimension }) {
  return (
    <details class="about">
      <summary>what it means</summary>
      <Plain text={dimension.description} />
      {dimension.applies_when !== null && <Plain text={`Applies when: ${dimension.applies_when}`} />}
      <Facts rows={[...mapOf(dimension.anchors)].map(([value, text]) => [value, <Plain key={value} text={text} />] as const)} />
      {dimension.counts.map((text, index) => (
        <Plain key={index} text={text} />
      ))}
    </details>
  );
}
