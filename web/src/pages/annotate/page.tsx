import { Empty } from "../../parts/notes";
import type { RouteOf } from "../../route";

export function AnnotatePage({ route }: { route: RouteOf<"annotate"> }) {
  return <Empty title={`Annotate: ${route.page}`} />;
}
