/** Means by two variables: whether one changes what the other does. */
import { listed } from "../../charts/listing";
import { whole } from "../../numbers";
import { heat } from "../../scores";
import type { Interaction, InteractionCell } from "../../wire";
import type { Told } from "./told";
import { mean, NONE, setting } from "./words";

const FEW = 5;

export function Interactions({ told }: { told: Told }) {
  const { interactions } = told.report;
  if (interactions.length === 0) return null;
  return (
    <>
      <h3>Two variables at a time</h3>
      <p class="report-note">Means with both settings, and how many values each rests on. Rows that rise or fall alike say that neither variable changes what the other does.</p>
      <div class="report-interactions">
        {interactions.map((each, at) => (
          <Grid key={at} told={told} each={each} />
        ))}
      </div>
    </>
  );
}

function Grid({ told, each }: { told: Told; each: Interaction }) {
  return (
    <table class="report-heat is-small">
      <caption>
        {each.dimension}: {each.rows} by {each.columns}
      </caption>
      <thead>
        <tr>
          <th scope="col">{each.rows}</th>
          {each.column_settings.map((column) => (
            <th key={String(column)} scope="col">
              {setting(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {each.row_settings.map((row, at) => (
          <tr key={String(row)}>
            <th scope="row">{setting(row)}</th>
            {(each.cells[at] ?? []).map((cell, place) => {
              const column = each.column_settings[place];
              const settings = [[each.rows, [row]], ...(column === undefined ? [] : [[each.columns, [column]] as const])] as const;
              return <Cell key={place} told={told} dimension={each.dimension} cell={cell} href={listed(told.run, { state: "valid", variables: settings, sort: `d.${each.dimension}` })} />;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ told, dimension, cell, href }: { told: Told; dimension: string; cell: InteractionCell; href: string }) {
  const scale = told.about(dimension)?.scale;
  const few = cell.n < FEW;
  const step = cell.mean === null || scale === undefined ? "none" : (heat(cell.mean, scale) ?? "neutral");
  return (
    <td class={few ? "report-cell is-few" : `report-cell heat-${step}`}>
      <a class="report-value" href={href}>
        {cell.mean === null ? NONE : mean(cell.mean)}
        {few ? "†" : ""}
      </a>
      <span class="report-counts">n {whole(cell.n)}</span>
    </td>
  );
}
