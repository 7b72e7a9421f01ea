// Looking for words in one transcript.
import { amend } from "../../place";
import type { Model } from "./model";
import type { TranscriptRoute } from "./state";

interface FindProps {
  field: { current: HTMLInputElement | null };
  route: TranscriptRoute;
  model: Model;
  onStep: (by: 1 | -1) => void;
}

export function Find({ field, route, model, onStep }: FindProps) {
  const { finds, focus } = model;
  const at = finds.findIndex((find) => focus !== null && find.message === focus.message && find.piece === focus.piece && find.start === focus.start);
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") field.current?.blur();
    else return;
    event.preventDefault();
  };
  const said = (route.find ?? "") === "" ? "" : finds.length === 0 ? "none" : at < 0 ? String(finds.length) : `${String(at + 1)} of ${String(finds.length)}`;
  return (
    <search class="find">
      <input
        type="search"
        ref={field}
        placeholder="Find"
        aria-label="Find in this transcript; Enter goes to the next"
        value={route.find ?? ""}
        onInput={(event) => amend(route, { find: event.currentTarget.value === "" ? undefined : event.currentTarget.value })}
        onKeyDown={keyed}
      />
      <span class="find-count" aria-live="polite">
        {said}
      </span>
    </search>
  );
}
