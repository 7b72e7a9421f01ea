// What a judge was sent, and the stored record: JSON as a tree, or as it is.
import { useMemo, useState } from "preact/hooks";
import * as api from "../../api";
import { useCall } from "../../data";
import { Copy } from "../../parts/copy";
import { FaultNote, Skeleton } from "../../parts/notes";
import { Drawn } from "../../text/json";
import { Plain } from "../../text/text";
import { treeIn } from "../../text/values";
import type { TranscriptView } from "../../wire";

export function Raw({ view }: { view: TranscriptView }) {
  const { value, fault, retry } = useCall(api.raw(view.run, view.key));
  if (fault !== null) return <FaultNote fault={fault} retry={retry} />;
  return value === null ? <Skeleton lines={12} /> : <Stored text={value.text} title="The stored record" />;
}

/** Exactly what the judge was sent; it is read when somebody asks for it. */
export function Reading({ view, set }: { view: TranscriptView; set: string | undefined }) {
  const { value, fault, retry } = useCall(api.reading(view.run, view.key, set));
  if (fault !== null) return <FaultNote fault={fault} retry={retry} />;
  return value === null ? <Skeleton lines={12} /> : <Stored text={value.text} title="What the judge was sent" />;
}

function Stored({ text, title }: { text: string; title: string }) {
  const tree = useMemo(() => treeIn(text), [text]);
  const [plain, setPlain] = useState(tree === null);
  return (
    <section class="record" aria-label={title}>
      <header class="record-head">
        <h2>{title}</h2>
        <span class="muted">{text.length.toLocaleString("en-GB")} characters</span>
        {tree !== null && (
          <button type="button" class="quiet" aria-pressed={plain} onClick={() => setPlain(!plain)}>
            as text
          </button>
        )}
        <Copy text={text} />
      </header>
      {plain || tree === null ? <Plain text={text} /> : <Drawn tree={tree} open={2} />}
    </section>
  );
}
