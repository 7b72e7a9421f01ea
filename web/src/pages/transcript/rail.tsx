// The branch tree beside the reading column.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { score as written } from "../../numbers";
import { heatClass } from "../../parts/heat-cell";
import { moved, type Rail, type RailNode } from "./rail-layout";

interface RailProps {
  rail: Rail;
  /** The nodes of the path that is read. */
  path: ReadonlySet<string>;
  /** The node that is read at the moment. */
  here: string | null;
  onChoose: (label: string) => void;
}

const LANE = 22;
const ROW = 18;

export function BranchRail({ rail, path, here, onChoose }: RailProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string | null>(null);
  const active = at !== null && rail.byId.has(at) ? at : (here ?? rail.nodes[0]?.id ?? null);
  useFollowing(frame, here);
  const keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || active === null) return;
    if (event.key === "Enter" || event.key === " ") {
      onChoose(rail.byId.get(active)?.id ?? active);
      event.preventDefault();
      return;
    }
    const next = moved(rail, active, event.key, path);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    frame.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[rail.nodes.findIndex((node) => node.id === next)]?.focus();
  };
  return (
    <div class="rail-frame" ref={frame}>
      <div class="rail" role="tree" aria-label="Branches, a row for each turn" onKeyDown={keyed} style={{ "--rows": rail.rows, "--lanes": rail.lanes }}>
        <Lines rail={rail} path={path} />
        {rail.nodes.map((node) => (
          <Node
            key={node.id}
            node={node}
            on={path.has(node.id)}
            here={node.id === here}
            focusable={node.id === active}
            onChoose={() => {
              setAt(null);
              onChoose(node.id);
            }}
          />
        ))}
      </div>
    </div>
  );
}

/** Keeps what is read in sight, without moving what already is; once the page is laid out, so that it is not laid out twice. */
function useFollowing(frame: { readonly current: HTMLDivElement | null }, here: string | null): void {
  useEffect(() => {
    const asked = requestAnimationFrame(() => {
      const box = frame.current;
      const item = box?.querySelector<HTMLElement>("[aria-current=true]") ?? null;
      if (box === null || item === null) return;
      const inside = item.getBoundingClientRect();
      const around = box.getBoundingClientRect();
      if (inside.top < around.top + 40 || inside.bottom > around.bottom - 40) box.scrollTop += inside.top - around.top - around.height / 3;
    });
    return () => cancelAnimationFrame(asked);
  }, [frame, here]);
}

interface NodeProps {
  node: RailNode;
  on: boolean;
  here: boolean;
  focusable: boolean;
  onChoose: () => void;
}

function Node({ node, on, here, focusable, onChoose }: NodeProps) {
  // A number where a score quotes the turn, and at the head of a branch the worst of all in it.
  const shown = node.own ?? (node.head ? node.worst : null);
  const colour = node.worst === null ? "" : ` ${heatClass(node.worst.value, node.worst.about)}`;
  const kind = shown === null ? "rail-dot" : node.own === null ? "rail-score rail-head" : "rail-score";
  return (
    <div
      role="treeitem"
      class={`rail-node ${kind}${on ? " rail-on" : ""}${colour}`}
      aria-level={node.level}
      aria-label={spoken(node, on)}
      aria-selected={on}
      aria-current={here ? "true" : undefined}
      tabIndex={focusable ? 0 : -1}
      title={spoken(node, on)}
      style={{ "--row": node.row, "--lane": node.lane }}
      onClick={onChoose}
    >
      {shown === null ? "" : written(shown.value)}
    </div>
  );
}

function spoken(node: RailNode, on: boolean): string {
  const what = node.labels.length > 1 ? `${node.labels[0] ?? ""} to ${node.id}` : node.id;
  const own = node.own === null ? "" : `, quoted for ${node.own.about.name} ${written(node.own.value)}`;
  const worst = node.worst === null || node.own !== null ? "" : `, worst from here on ${node.worst.about.name} ${written(node.worst.value)}`;
  const fork = node.next.length > 1 ? `, ${String(node.next.length)} ways on` : "";
  return `turn ${String(node.turn)}, ${what}${own}${worst}${fork}${on ? ", on the path" : ""}`;
}

function Lines({ rail, path }: { rail: Rail; path: ReadonlySet<string> }) {
  const [off, on] = useMemo(() => {
    const lines: [string[], string[]] = [[], []];
    for (const node of rail.nodes) {
      const parent = node.parent === null ? undefined : rail.byId.get(node.parent);
      if (parent !== undefined) lines[path.has(node.id) && path.has(parent.id) ? 1 : 0].push(line(parent, node));
    }
    return lines.map((each) => each.join(""));
  }, [rail, path]);
  return (
    <svg class="rail-lines" width={rail.lanes * LANE} height={rail.rows * ROW} aria-hidden="true">
      <path class="rail-line" d={off} />
      <path class="rail-line rail-line-on" d={on} />
    </svg>
  );
}

function line(from: RailNode, to: RailNode): string {
  const [x, y] = [from.lane * LANE + LANE / 2, from.row * ROW + ROW / 2];
  const [u, v] = [to.lane * LANE + LANE / 2, to.row * ROW + ROW / 2];
  return x === u ? `M${x} ${y}V${v}` : `M${x} ${y}H${u - 6}Q${u} ${y} ${u} ${y + 6}V${v}`;
}
