// Two texts as one, with what was taken out and what was added.
import { useMemo } from "preact/hooks";
import { difference } from "./diff";
import { Seen } from "./leaf";

const NOTES = { words: null, lines: "compared line by line: too long for words", whole: "too long to be compared" } as const;

export function Compared({ before, after }: { before: string; after: string }) {
  const { by, changes } = useMemo(() => difference(before, after), [before, after]);
  return (
    <div class="text text-plain text-compared" dir="auto">
      {NOTES[by] !== null && <p class="text-note">{NOTES[by]}</p>}
      {changes.map((change, index) => {
        if (change.kind === "same") return <Seen key={index} text={change.text} />;
        return change.kind === "taken" ? (
          <del key={index}>
            <Seen text={change.text} />
          </del>
        ) : (
          <ins key={index}>
            <Seen text={change.text} />
          </ins>
        );
      })}
    </div>
  );
}
