// What a browser's tab and history call the page.
import { useEffect } from "preact/hooks";
import { plainly } from "./text/unseen";

const NAME = "Petri";
const LONGEST = 80;

/** Give a title: words of any kind as one line without what is not seen, cut where they are long, and the page's name. */
export function titled(words: string): string {
  const end = ` · ${NAME}`;
  const room = LONGEST - end.length;
  // What is not seen may be long, and is no reason to read all of it.
  const line = Array.from(plainly(words.slice(0, 10 * LONGEST)));
  if (line.length === 0) return NAME;
  return (line.length > room ? `${line.slice(0, room - 1).join("").trimEnd()}…` : line.join("")) + end;
}

/** Call the page so: one component of a page says it. */
export function useTitle(words: string): void {
  useEffect(() => {
    document.title = titled(words);
  }, [words]);
}
