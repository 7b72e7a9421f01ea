// What judges quote, as ways to the very words; words that were not found stand out.
import { useContext, useEffect, useRef } from "preact/hooks";
import { Seen } from "../../text/leaf";
import type { Quote } from "../../wire";
import type { Citation } from "./citations";
import { DoingContext, ToMessage } from "./panel";

const MATCHES: Readonly<Record<Quote["match"], string | null>> = {
  exact: null,
  normalised: "but for white space or quotation marks",
  near: "but for a slip of copying",
  none: "not found",
};

const LONGEST = 400;

export function Quotes({ citations }: { citations: readonly Citation[] }) {
  if (citations.length === 0) return null;
  return (
    <ul class="quotes">
      {citations.map((citation, index) => (
        <li key={index}>{citation.n < 0 ? <Lost quote={citation.quote} /> : <Found citation={citation} />}</li>
      ))}
    </ul>
  );
}

function Found({ citation }: { citation: Citation }) {
  const doing = useContext(DoingContext);
  const button = useRef<HTMLButtonElement>(null);
  const { quote } = citation;
  const current = doing.at === citation.n;
  useEffect(() => {
    if (current) button.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  const slip = MATCHES[quote.match];
  return (
    <>
      {quote.shows !== "" && (
        <p class="quote-shows" dir="auto">
          <Seen text={quote.shows} />
        </p>
      )}
      <button type="button" class="quote" ref={button} aria-current={current ? "true" : undefined} onClick={() => doing.toCitation(citation)}>
        <span class="quote-words" dir="auto">
          <Seen text={short(quote.quote)} />
        </span>
        <span class="quote-facts">
          {quote.message}
          {!quote.by_target && " · not the target's words"}
          {slip !== null && ` · found ${slip}`}
        </span>
      </button>
    </>
  );
}

/** Words that do not stand in the transcript: what the judge wrote is all there is. */
function Lost({ quote }: { quote: Quote }) {
  return (
    <div class="quote quote-lost">
      {quote.shows !== "" && (
        <p dir="auto">
          <Seen text={quote.shows} />
        </p>
      )}
      <span class="quote-words" dir="auto">
        <Seen text={short(quote.quote)} />
      </span>
      <span class="quote-facts">
        {quote.match === "none" ? "not found in " : "its place is not known, in "}
        <ToMessage label={quote.message} />; the judge wrote these words
      </span>
    </div>
  );
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} …`;
}
