/** The report of a run, as one sends it to a colleague: what was run, what came of it, and how far it carries. */
import { useEffect } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { Link } from "../../parts/small";
import { amend, go } from "../../place";
import { format, type RouteOf } from "../../route";
import { useTitle } from "../../title";
import type { Report, ReportView } from "../../wire";
import { allOpen, tablesOf, toggled } from "../../charts/tables";
import { Cases } from "./cases";
import { Comparisons } from "./compared";
import { Head, Headline } from "./headline";
import { HeatTable } from "./heat-table";
import { MethodSection } from "./method";
import { Rates } from "./rates";
import { ReliabilitySection } from "./reliability";
import { sectionId } from "./section";
import { Shares } from "./shares";
import { chartOf, Spread } from "./spread";
import { ratedDimensions, toldOf, type Told } from "./told";
import { Variables } from "./variables";

type Place = RouteOf<"report">;

export function ReportPage({ route }: { route: Place }) {
  const answer = useCall(api.report(route.run), [route.run]);
  const view = answer.value;
  const of = view?.report?.run.id;
  useTitle(of === undefined ? "Report" : `Report on ${of}`);
  useKeys("Report", [
    { keys: ["v"], what: "tables or charts", run: () => amend(route, { table: allOpen(route.table) ? undefined : "all" }) },
    { keys: ["u"], what: "the run's audits", run: () => go({ page: "list", run: route.run }) },
  ]);
  if (view === null) return answer.fault === null ? <Skeleton lines={12} /> : <FaultNote fault={answer.fault} retry={answer.retry} />;
  if (view.report === null) {
    return (
      <Empty title="There is no report">
        <h1 class="spoken">Report</h1>
        <p>{view.fault}</p>
        <p>
          <Link to={{ page: "list", run: route.run }}>The run&apos;s audits</Link>
        </p>
      </Empty>
    );
  }
  return <Written route={route} view={view} report={view.report} />;
}

function Written({ route, view, report }: { route: Place; view: ReportView; report: Report }) {
  const told = toldOf(view, report);
  const tables = tablesOf(route.table);
  const charts = report.figures.map((figure) => chartOf(told, figure));
  useEffect(() => {
    if (route.at !== undefined) document.getElementById(sectionId(route.at))?.scrollIntoView();
  }, [route.at]);
  return (
    <article class="page report">
      <Head told={told} />
      <Contents route={route} told={told} />
      <Headline told={told} />
      <HeatTable told={told} />
      <Rates told={told} />
      <Spread
        told={told}
        shared={{
          isOpen: (name) => tables === "all" || tables.has(name),
          onToggle: (name) => amend(route, { table: toggled(route.table, name, charts) }),
        }}
      />
      <Comparisons told={told} />
      <Variables told={told} />
      <Shares told={told} />
      <Cases told={told} />
      <ReliabilitySection told={told} />
      <MethodSection told={told} />
    </article>
  );
}

/** The sections that there are, by their names in addresses. */
export function sectionsOf(told: Told): readonly (readonly [id: string, word: string])[] {
  const { report } = told;
  const all: readonly (readonly [id: string, word: string, there: boolean])[] = [
    ["scores", "Scores", true],
    ["rates", "Hit rates", ratedDimensions(told).length > 0],
    ["distributions", "Distributions", report.figures.some(({ scored }) => scored > 0)],
    ["comparison", "Comparison", report.baseline !== null && Object.keys(report.comparisons).length + Object.keys(report.not_compared).length > 0],
    ["variables", "Variables", report.contrasts.length + report.effects.length + report.interactions.length > 0],
    ["variation", "Variation", report.components.length > 0],
    ["worst", "Worst cases", report.worst.length > 0],
    ["borderline", "Borderline cases", report.borderline.length > 0],
    ["reliability", "Reliability", true],
    ["method", "Method", true],
  ];
  return all.filter(([, , there]) => there).map(([id, word]) => [id, word]);
}

function Contents({ route, told }: { route: Place; told: Told }) {
  return (
    <nav class="report-contents" aria-label="Sections">
      {sectionsOf(told).map(([id, word]) => (
        <a
          key={id}
          href={format({ ...route, at: id })}
          onClick={() => {
            // The same section again is brought back into view as well.
            if (route.at === id) document.getElementById(sectionId(id))?.scrollIntoView();
          }}
        >
          {word}
        </a>
      ))}
    </nav>
  );
}
