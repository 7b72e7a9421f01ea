// The list of runs: where everything begins.
import { useContext, useMemo, useRef, useState } from "preact/hooks";
import * as api from "../../api";
import { SessionContext, useCall, useExported } from "../../data";
import { useKeys } from "../../keys";
import { counted } from "../../numbers";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { Key } from "../../parts/small";
import { amend, go } from "../../place";
import type { RouteOf } from "../../route";
import { Fault, type Source } from "../../source";
import { useTitle } from "../../title";
import { worstAudit } from "../../worst";
import { arranged } from "./runs";
import { RunsTable } from "./table";

type RunsRoute = RouteOf<"runs">;

function NoRuns() {
  return (
    <Empty title="There are no runs here yet">
      <p>A run is made by an audit. This one needs no key and no network, and appears here while it goes on:</p>
      <pre>petri audit scenarios/quickstart.yaml --offline</pre>
      <p>
        Where runs lie in another folder, open that one: <code>petri view FOLDER</code>.
      </p>
    </Empty>
  );
}

/** Opens the worst audit of all runs; says why where there is none. */
async function openWorst(source: Source): Promise<string> {
  try {
    const worst = worstAudit(await api.load(source, api.audits([])));
    if (worst === null) return "Nothing was scored yet.";
    go({ page: "transcript", run: worst.run, audit: worst.key });
    return "";
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

function useRunKeys(route: RunsRoute, keys: readonly string[], onPick: (key: string) => void) {
  const { source } = useContext(SessionContext);
  const [cursor, setCursor] = useState<string | null>(null);
  const [said, say] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const worst = (): void => void openWorst(source).then(say);
  const move = (step: number): void => {
    const at = cursor === null ? -1 : keys.indexOf(cursor);
    const key = keys[at < 0 ? 0 : Math.min(keys.length - 1, Math.max(0, at + step))];
    if (key === undefined) return;
    setCursor(key);
    const row = [...document.querySelectorAll<HTMLElement>("tr[data-key]")].find((each) => each.dataset["key"] === key);
    row?.querySelector<HTMLElement>("a")?.focus();
  };
  useKeys("Runs", [
    { keys: ["j", "ArrowDown"], what: "next run", run: () => move(1) },
    { keys: ["k", "ArrowUp"], what: "run before", run: () => move(-1) },
    { keys: ["Enter"], what: "open the run", run: () => cursor !== null && go({ page: "list", run: cursor }) },
    { keys: ["w"], what: "open the worst audit of all", run: worst },
    { keys: ["a"], what: "the audits of all runs", run: () => go({ page: "all" }) },
    { keys: ["c"], what: "compare: choose one run, then the other", run: () => cursor !== null && onPick(cursor) },
    { keys: ["/"], what: "filter by words; Enter there searches the transcripts", run: () => box.current?.select() },
    { keys: ["x"], what: "clear the filter and the choice", run: () => amend<RunsRoute>(route, { q: undefined, pick: undefined }) },
  ]);
  return { cursor, said, box, worst };
}

export function RunsPage({ route }: { route: RunsRoute }) {
  const { value, fault, retry } = useCall(api.runs(), "any");
  const exported = useExported();
  useTitle("Runs");
  const rows = useMemo(() => arranged(value?.runs ?? [], route.q ?? ""), [value, route.q]);
  const { pick } = route;
  const onPick = (key: string): void => {
    if (pick === undefined) amend<RunsRoute>(route, { pick: key });
    else if (pick === key) amend<RunsRoute>(route, { pick: undefined });
    else go({ page: "compare", left: pick, right: key });
  };
  const { cursor, said, box, worst } = useRunKeys(route, rows.map((each) => each.row.key), onPick);
  if (value === null || value.runs.length === 0)
    return (
      <div class="page">
        <h1 class="spoken">Runs</h1>
        {value !== null ? <NoRuns /> : fault === null ? <Skeleton lines={8} /> : <FaultNote fault={fault} retry={retry} />}
      </div>
    );
  return (
    <div class="page runs-page">
      <header class="runs-head">
        <h1>{counted(value.runs.filter((row) => row.of === null).length, "run")}</h1>
        <form role="search" onSubmit={(event) => { event.preventDefault(); if (route.q !== undefined && !exported) go({ page: "search", q: route.q }); }}>
          <input
            ref={box}
            type="search"
            value={route.q ?? ""}
            aria-label={exported ? "Filter runs by words" : "Filter runs by words; Enter searches the transcripts"}
            placeholder={exported ? "Filter" : "Filter; Enter searches the transcripts"}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => amend<RunsRoute>(route, { q: event.currentTarget.value || undefined })}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          <Key name="/" />
        </form>
        <button type="button" onClick={worst} title="Open the worst audit of all (w)">
          Worst audit <Key name="w" />
        </button>
        <span role="status" class="muted">
          {said}
          {pick !== undefined && "Now choose the run to compare it with."}
        </span>
      </header>
      {fault !== null && <FaultNote fault={fault} retry={retry} />}
      {rows.length === 0 ? (
        <Empty title="No run fits">
          <p>
            Nothing has the words <code>{route.q}</code>.
          </p>
          <button type="button" onClick={() => amend<RunsRoute>(route, { q: undefined })}>
            Clear the filter
          </button>
        </Empty>
      ) : (
        <RunsTable rows={rows} cursor={cursor} pick={pick} onPick={onPick} />
      )}
    </div>
  );
}
