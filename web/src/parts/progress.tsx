// How far the server is with reading, and whether this page still hears of changes; quiet when all is well.
import { useContext, useEffect, useState } from "preact/hooks";
import { SessionContext } from "../data";
import type { Live } from "../live";
import { counted, whole } from "../numbers";
import type { About, Indexing } from "../wire";

/** How long a stream may be broken before it is said. */
const PATIENCE = 3_000;

function useIndexing(about: About | null, live: Live | null): Indexing | null {
  const [news, setNews] = useState<Indexing | null>(null);
  useEffect(() => live?.listen(({ change }) => change !== null && setNews(change.indexing)), [live]);
  return news ?? about?.indexing ?? null;
}

function useGone(live: Live | null): boolean {
  const [gone, setGone] = useState(false);
  useEffect(() => {
    if (live === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = live.watch((open) => {
      if (!open) timer ??= setTimeout(() => setGone(true), PATIENCE);
      else {
        if (timer !== null) clearTimeout(timer);
        timer = null;
        setGone(false);
      }
    });
    return () => {
      if (timer !== null) clearTimeout(timer);
      stop();
    };
  }, [live]);
  return gone;
}

export function Progress({ about }: { about: About | null }) {
  const { live } = useContext(SessionContext);
  const indexing = useIndexing(about, live);
  const gone = useGone(live);
  const runs = indexing !== null && indexing.runs_done < indexing.runs;
  const texts = indexing !== null && !runs && indexing.texts_done < indexing.texts;
  return (
    <span class="bar-note">
      {(about?.note ?? null) !== null && <span>{about?.note}</span>}
      {runs && <Reading what="runs read" done={indexing.runs_done} all={indexing.runs} />}
      {texts && <Reading what="texts can be searched" done={indexing.texts_done} all={indexing.texts} />}
      {indexing !== null && indexing.unreadable.length > 0 && (
        <span class="bad" title={indexing.unreadable.join("\n")}>
          {counted(indexing.unreadable.length, "log")} not readable
        </span>
      )}
      {gone && (
        <span class="bad" role="status">
          the server does not answer
        </span>
      )}
    </span>
  );
}

function Reading({ what, done, all }: { what: string; done: number; all: number }) {
  const text = `${whole(done)} of ${whole(all)} ${what}`;
  return (
    <span class="bar-reading" title={text}>
      <progress max={all} value={done} aria-label={text} /> {text}
    </span>
  );
}
