// One audit, whole: the branch tree, what was said, and the verdict.
import * as api from "../../api";
import { useCall } from "../../data";
import { FaultNote, Skeleton } from "../../parts/notes";
import { useTitle } from "../../title";
import { Reader } from "./reader";
import type { TranscriptRoute } from "./state";

export function TranscriptPage({ route }: { route: TranscriptRoute }) {
  const { value, fault, retry } = useCall(api.transcript(route.run, route.audit), [route.run]);
  useTitle(value?.scenario.id ?? "Transcript");
  if (value !== null) return <Reader key={`${value.run} ${value.key}`} view={value} route={route} />;
  if (fault !== null) return <FaultNote fault={fault} retry={retry} />;
  return <Skeleton lines={14} />;
}
