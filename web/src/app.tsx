// The shell: what stands around every page, and which page it is.
import { useContext, useEffect, useErrorBoundary, useState } from "preact/hooks";
import * as api from "./api";
import { SessionContext, useCall } from "./data";
import { useKeys } from "./keys";
import { AnnotatePage } from "./pages/annotate/page";
import { ChartsPage } from "./pages/charts/page";
import { ComparePage } from "./pages/compare/page";
import { ListPage } from "./pages/list/page";
import { ReportPage } from "./pages/report/page";
import { RunsPage } from "./pages/runs/page";
import { SearchPage } from "./pages/search/page";
import { TranscriptPage } from "./pages/transcript/page";
import { KeySheet } from "./parts/key-sheet";
import { Progress } from "./parts/progress";
import { Empty, Skeleton } from "./parts/notes";
import { Link } from "./parts/small";
import { go, usePlace } from "./place";
import type { Route } from "./route";
import { toggleTheme } from "./theme";
import { useTitle } from "./title";
import type { About } from "./wire";

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "runs":
      return <RunsPage route={route} />;
    case "list":
    case "all":
      return <ListPage route={route} />;
    case "transcript":
      return <TranscriptPage route={route} />;
    case "charts":
      return <ChartsPage route={route} />;
    case "report":
      return <ReportPage route={route} />;
    case "compare":
      return <ComparePage route={route} />;
    case "search":
      return <SearchPage route={route} />;
    case "annotate":
      return <AnnotatePage route={route} />;
    case "nowhere":
      return <Nowhere address={route.address} />;
  }
}

function Nowhere({ address }: { address: string }) {
  useTitle("Nowhere");
  return (
    <Empty title="This address leads nowhere">
      <h1 class="spoken">Nowhere</h1>
      <p>
        Nothing here is called <code>{address}</code>. <Link to={{ page: "runs" }}>All runs</Link>
      </p>
    </Empty>
  );
}

/** A page that fails says so, and the next address is tried afresh. */
function Guarded({ route }: { route: Route }) {
  const [error, reset] = useErrorBoundary() as [unknown, () => void];
  useEffect(() => {
    if (error !== undefined) reset();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only another address is reason to try again
  }, [route]);
  if (error === undefined) return <Page route={route} />;
  return (
    <Empty title="This page failed">
      <p>It is a fault in the page, not in the data: {error instanceof Error ? error.message : "of no known kind"}</p>
      <button type="button" onClick={reset}>
        Try again
      </button>
    </Empty>
  );
}

const NAV: readonly (readonly [route: Route, word: string])[] = [
  [{ page: "runs" }, "Runs"],
  [{ page: "all" }, "All audits"],
  [{ page: "search" }, "Search"],
];

function Bar({ about, route, onKeys }: { about: About | null; route: Route; onKeys: () => void }) {
  const annotating = about?.mode === "annotate";
  // An exported file holds one audit or run, and nothing can be looked for in it.
  const held = about === null || annotating ? [] : NAV.filter(([to]) => about.mode === "view" || to.page !== "search");
  const of = about?.report ?? null;
  const nav: typeof NAV = of === null ? held : [[{ page: "report", run: of }, "Report"], ...held];
  return (
    <header class="bar">
      <Link to={{ page: annotating ? "annotate" : "runs" }} class="brand">
        Petri
      </Link>
      <span class="bar-title" title={about?.title}>
        {about?.title}
      </span>
      <nav class="bar-nav" aria-label="Main">
        {nav.map(([to, word]) => (
          <Link key={word} to={to} current={to.page === route.page}>
            {word}
          </Link>
        ))}
      </nav>
      <Progress about={about} />
      <div class="bar-tools">
        <button type="button" class="quiet" onClick={toggleTheme} title="Light or dark (t)">
          Theme
        </button>
        <button type="button" class="quiet" onClick={onKeys} title="What keys do (?)">
          Keys
        </button>
      </div>
    </header>
  );
}

export function App() {
  const route = usePlace();
  const about = useCall(api.about());
  const [sheet, setSheet] = useState(false);
  const mode = about.value?.mode;
  const { live } = useContext(SessionContext);
  useEffect(() => {
    // Whoever annotates is told of nothing but their own work.
    if (mode === "view") live?.start();
  }, [mode, live]);
  const first = about.value?.report ?? null;
  useEffect(() => {
    // A file with a report opens with it; whoever goes to the runs later means them.
    if (first !== null && location.hash === "") go({ page: "report", run: first }, "replace");
  }, [first]);
  useEffect(() => {
    if (mode === "annotate" && route.page !== "annotate") go({ page: "annotate" }, "replace");
  }, [mode, route.page]);
  useKeys("Everywhere", [
    { keys: ["?"], what: "what keys do", run: () => setSheet(true) },
    ...(mode === "annotate" ? [] : [{ keys: ["g h"], what: "all runs", run: () => go({ page: "runs" }) }]),
    { keys: ["t"], what: "light or dark", run: toggleTheme },
  ]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>
        To the content
      </a>
      <Bar about={about.value} route={route} onKeys={() => setSheet(true)} />
      <main id="main" tabIndex={-1}>
        {about.value === null && about.fault === null ? <Skeleton /> : mode !== "annotate" || route.page === "annotate" ? <Guarded route={route} /> : null}
      </main>
      {sheet && <KeySheet onClose={() => setSheet(false)} />}
    </>
  );
}
