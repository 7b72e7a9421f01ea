/** The table behind a column chart: how many in each column, which part of all, and where they are listed. */
import { percent, whole } from "../numbers";
import type { Column } from "./columns";

interface Props {
  /** Heads the first column. */
  readonly of: string;
  readonly columns: readonly Column[];
  /** Rows below, for what has no column: a word, how many, and where they are listed. */
  readonly missing?: readonly Omit<Column, "heat">[];
}

export function BinTable({ of, columns, missing = [] }: Props) {
  const known = columns.reduce((sum, { count }) => sum + count, 0);
  return (
    <table class="numbers">
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col">Audits</th>
          <th scope="col">Part</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.label} class={column.count === 0 ? "is-none" : undefined}>
            <th scope="row">{column.label}</th>
            <td>{column.count === 0 ? "0" : <a href={column.href}>{whole(column.count)}</a>}</td>
            <td>{known === 0 ? "" : percent(column.count / known)}</td>
          </tr>
        ))}
        {missing.map(({ label, count, what, href }) => (
          <tr key={label} class="is-missing" title={what}>
            <th scope="row">{label}</th>
            <td>{count === 0 ? "0" : <a href={href}>{whole(count)}</a>}</td>
            <td />
          </tr>
        ))}
      </tbody>
    </table>
  );
}
