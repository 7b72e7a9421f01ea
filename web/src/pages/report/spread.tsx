/** How the values of each dimension lie, for each target on the same scale: a mean alone hides two camps. */
import { scoreBins } from "../../charts/bins";
import { DistributionChart, type Distribution } from "../../charts/distribution";
import { listed } from "../../charts/listing";
import type { Shared } from "../../charts/tables";
import { isStatus, type Status } from "../../scores";
import type { Figure, Scale } from "../../wire";
import { Section, Together } from "./section";
import { isRated, type Told } from "./told";

export function Spread({ told, shared }: { told: Told; shared: Pick<Shared, "isOpen" | "onToggle"> }) {
  const best = told.dimensions.filter((name) => isBest(figuresOf(told, name)));
  const drawn = told.dimensions.filter((name) => !best.includes(name) && figuresOf(told, name).some(({ scored }) => scored > 0));
  if (best.length + drawn.length === 0) return null;
  return (
    <Section id="distributions" title="Distributions">
      {drawn.map((name) => (
        <div key={name} class="report-spread">
          <h3>
            {name} <span class="report-scale">{scaleWords(told.about(name)?.scale ?? null)}</span>
          </h3>
          <div class="charts-grid">
            {figuresOf(told, name).map((figure) => (
              <DistributionChart
                key={figure.target}
                each={distributionOf(figure)}
                summary={figure.summary}
                run={told.run}
                target={figure.target}
                named={{ name: chartOf(told, figure), title: told.name(figure.target) }}
                {...shared}
              />
            ))}
          </div>
        </div>
      ))}
      {best.length === 0 ? null : (
        <p class="report-note">
          Every value is the best one there is on <Together names={best} href={(name) => listed(told.run, { state: "valid", sort: `d.${name}` })} />.
        </p>
      )}
    </Section>
  );
}

/** Names a chart in addresses: by the positions of its target and dimension, which names may not be unmistakable in. */
export function chartOf(told: Told, { target, dimension }: Figure): string {
  return `${told.targets.indexOf(target)}.${told.dimensions.indexOf(dimension)}`;
}

function figuresOf(told: Told, dimension: string): readonly Figure[] {
  return told.targets.flatMap((target) => told.figure(target, dimension) ?? []);
}

/** Whether there are values, and every one of them is the best that the scale has. */
export function isBest(figures: readonly Figure[]): boolean {
  const values = figures.flatMap(({ distribution, scale }) => Object.keys(distribution).map((value) => [Number(value), scale] as const));
  return values.length > 0 && values.every(([value, scale]) => value === bestOf(scale));
}

function bestOf({ min, max, worse }: Scale): number | null {
  return worse === "none" ? null : worse === "high" ? min : max;
}

/** A figure as the page of charts has one. */
export function distributionOf(figure: Figure): Distribution {
  const { dimension, scale, threshold, summary, asked } = figure;
  const values = Object.entries(figure.distribution).flatMap(([value, n]) => new Array<number>(n).fill(Number(value)));
  const missing = Object.entries(figure.unscored).filter((entry): entry is [Status, number] => isStatus(entry[0]));
  return {
    dimension: { name: dimension, scale, threshold },
    asked,
    values,
    bins: scoreBins(values, scale.min, scale.max),
    missing: new Map(missing),
    hits: isRated(figure) && figure.scored > 0 ? (figure.search?.audits_with_hit ?? null) : null,
    mean: summary.mean,
  };
}

function scaleWords(scale: Scale | null): string {
  if (scale === null) return "";
  return `${scale.min}–${scale.max}, ${scale.worse === "none" ? "neither end is worse" : `${scale.worse} is worse`}`;
}
