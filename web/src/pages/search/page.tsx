// What a search in the texts of transcripts found: each find leads to its message.
import { useMemo, useRef, useState } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { useKeys } from "../../keys";
import { counted } from "../../numbers";
import { Empty, FaultNote, Skeleton } from "../../parts/notes";
import { Badge, Key, Link } from "../../parts/small";
import { amend, go } from "../../place";
import type { RouteOf } from "../../route";
import { useTitle } from "../../title";
import type { AuditRow, RunRow, SearchAnswer, Snippet } from "../../wire";
import { byAudit, ORIGIN_WORDS, type Finds } from "./finds";

type SearchRoute = RouteOf<"search">;

function Text({ parts }: { parts: Snippet["parts"] }) {
  return <p class="snippet-text">{parts.map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part))}</p>;
}

function Find({ snippet, query }: { snippet: Snippet; query: string }) {
  return (
    <li>
      <Link to={{ page: "transcript", run: snippet.run, audit: snippet.audit, m: snippet.label, find: query }} class={`snippet snippet-${snippet.origin}`}>
        <span class="snippet-who">
          <span class="mono">{snippet.label}</span> {ORIGIN_WORDS[snippet.origin]}
        </span>
        <Text parts={snippet.parts} />
      </Link>
    </li>
  );
}

interface AuditProps {
  finds: Finds;
  audit: AuditRow | undefined;
  run: string | undefined;
  query: string;
}

function AuditFinds({ finds, audit, run, query }: AuditProps) {
  return (
    <section class="finds">
      <h2>
        <Link to={{ page: "transcript", run: finds.run, audit: finds.audit, find: query }}>{audit?.scenario ?? finds.audit}</Link>
        <span class="finds-facts">
          {audit !== undefined && (
            <>
              {audit.target} <span>epoch {audit.epoch}</span>
            </>
          )}{" "}
          {run !== undefined && <span class="mono">{run}</span>} <span>{counted(finds.messages, "message")}</span>
        </span>
      </h2>
      <ul>
        {finds.snippets.map((snippet, at) => (
          <Find key={at} snippet={snippet} query={query} />
        ))}
      </ul>
    </section>
  );
}

function Answer({ answer, route }: { answer: SearchAnswer; route: SearchRoute }) {
  const audits = useCall(api.audits(route.run ?? []));
  const runs = useCall(api.runs());
  const known = useMemo(() => new Map((audits.value?.audits ?? []).map((audit) => [`${audit.run}.${audit.key}`, audit])), [audits.value]);
  const names = useMemo(() => new Map((runs.value?.runs ?? []).map((row: RunRow) => [row.key, row.id])), [runs.value]);
  const found = useMemo(() => byAudit(answer), [answer]);
  if (answer.fault !== null) return <Empty title="This cannot be looked for"><p>{answer.fault}</p></Empty>;
  if (found.length === 0)
    return (
      <Empty title="Nothing found">
        <p>
          No message has <code>{answer.query}</code>{answer.complete ? "." : " among the texts that were read so far."}
        </p>
      </Empty>
    );
  const messages = answer.audits.reduce((sum, [, , n]) => sum + n, 0);
  return (
    <>
      <p class="muted" role="status">
        {counted(messages, "message")} in {counted(answer.audits.length, "audit")}
        {found.length < answer.audits.length && `; the best finds, from ${counted(found.length, "audit")}, are shown`}
      </p>
      {found.map((finds) => (
        <AuditFinds key={`${finds.run}.${finds.audit}`} finds={finds} audit={known.get(`${finds.run}.${finds.audit}`)} run={names.get(finds.run)} query={answer.query} />
      ))}
    </>
  );
}

export function SearchPage({ route }: { route: SearchRoute }) {
  const query = route.q ?? "";
  const answer = useCall(query === "" ? null : api.search(query, route.run ?? []));
  const [typed, type] = useState(query);
  const box = useRef<HTMLInputElement>(null);
  useTitle(`Search ${query}`);
  const step = (by: number): void => {
    const links = [...document.querySelectorAll<HTMLElement>("a.snippet")];
    const at = links.findIndex((link) => link === document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys("Search", [
    { keys: ["j", "ArrowDown"], what: "next find", run: () => step(1) },
    { keys: ["k", "ArrowUp"], what: "find before", run: () => step(-1) },
    { keys: ["/"], what: "look for something else", run: () => box.current?.select() },
    { keys: ["x"], what: "in all runs", run: () => amend<SearchRoute>(route, { run: undefined }) },
  ]);
  return (
    <div class="page search">
      <h1 class="spoken">Search in the transcripts</h1>
      <form
        role="search"
        class="search-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== "") go({ ...route, q: typed });
        }}
      >
        <input
          ref={box}
          type="search"
          value={typed}
          aria-label="Words to look for in the transcripts"
          placeholder="Words, or a &quot;phrase in quotes&quot;"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <button type="submit">
          Search <Key name="Enter" />
        </button>
        {route.run !== undefined && (
          <button type="button" class="quiet" onClick={() => amend<SearchRoute>(route, { run: undefined })}>
            in {counted(route.run.length, "run")}; search all
          </button>
        )}
        {answer.value !== null && !answer.value.complete && <Badge tone="warn">not all texts are read yet</Badge>}
      </form>
      {answer.fault !== null && <FaultNote fault={answer.fault} retry={answer.retry} />}
      {query !== "" && answer.value === null && answer.fault === null && <Skeleton lines={9} />}
      {query !== "" && answer.value !== null && <Answer answer={answer.value} route={route} />}
    </div>
  );
}
