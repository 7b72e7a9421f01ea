/** The menus for the two sides. */
import { shortName } from "../../names";
import { amend } from "../../place";
import type { RouteOf } from "../../route";
import type { RunRow } from "../../wire";

type Place = RouteOf<"compare">;

interface Props {
  readonly route: Place;
  readonly runs: readonly RunRow[];
  readonly onSwap: () => void;
}

/** Another side is another comparison: of the old one only the chosen dimension stays. */
const AFRESH = { pair: undefined, lb: undefined, rb: undefined, only: undefined };

export function Sides({ route, runs, onSwap }: Props) {
  return (
    <div class="compare-sides">
      <Side
        name="Left"
        runs={runs}
        run={route.left}
        target={route.lt}
        onRun={(left) => amend(route, { ...AFRESH, left, lt: undefined })}
        onTarget={(lt) => amend(route, { ...AFRESH, lt })}
      />
      <button type="button" class="quiet" onClick={onSwap} title="Exchange left and right (x)" aria-label="Exchange left and right">
        ⇄
      </button>
      <Side
        name="Right"
        runs={runs}
        run={route.right}
        target={route.rt}
        onRun={(right) => amend(route, { ...AFRESH, right, rt: undefined })}
        onTarget={(rt) => amend(route, { ...AFRESH, rt })}
      />
    </div>
  );
}

interface SideProps {
  readonly name: string;
  readonly runs: readonly RunRow[];
  readonly run: string | undefined;
  readonly target: string | undefined;
  readonly onRun: (key: string | undefined) => void;
  readonly onTarget: (target: string | undefined) => void;
}

function Side({ name, runs, run, target, onRun, onTarget }: SideProps) {
  const chosen = runs.find(({ key }) => key === run);
  const targets = chosen?.models?.target ?? [];
  const value = (text: string) => (text === "" ? undefined : text);
  return (
    <fieldset class="compare-side">
      <legend>{name}</legend>
      <select aria-label={`${name}: run or set of verdicts`} value={run ?? ""} onChange={(event) => onRun(value(event.currentTarget.value))}>
        <option value="">choose a run …</option>
        {run !== undefined && chosen === undefined ? <option value={run}>{run}</option> : null}
        {grouped(runs).map(({ key, words }) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
      {targets.length > 1 || target !== undefined ? (
        <select aria-label={`${name}: target`} value={target ?? ""} onChange={(event) => onTarget(value(event.currentTarget.value))}>
          <option value="">all targets</option>
          {targets.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      ) : (
        <span class="compare-only-target">{targets[0]}</span>
      )}
    </fieldset>
  );
}

/** Runs in their order, each followed by the sets of verdicts on it; a set whose run is not listed stands alone. */
export function grouped(runs: readonly RunRow[]): readonly { readonly key: string; readonly words: string }[] {
  const keys = new Set(runs.map(({ key }) => key));
  const heads = runs.filter(({ of }) => of === null || !keys.has(of));
  return heads.flatMap((head) => [
    { key: head.key, words: head.id },
    ...runs.filter(({ of }) => of === head.key).map(({ key, id }) => ({ key, words: `— verdicts ${shortName(id)}` })),
  ]);
}
